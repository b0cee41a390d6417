"""The house's own icons: strokes on a 24 × 24 field, drawn in the colour of the text beside them."""

_RING = '<circle cx="12" cy="12" r="9"/>'
_CLOUD = '<path d="M7 18a4 4 0 0 1-.5-8A6 6 0 0 1 18 9.5a4.3 4.3 0 0 1-.5 8.5"/>'
_PAGE = '<path d="M6 3h8l4 4v14H6zM14 3v4h4"/>'

ICONS: dict[str, str] = {
    "alert": _RING + '<path d="M12 7.5v5M12 16v.4"/>',
    "ban": _RING + '<path d="m5.8 5.8 12.4 12.4"/>',
    "bell": '<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4"/>',
    "bulb": '<path d="M9 16.5a6.5 6.5 0 1 1 6 0V18H9zM10 21h4"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10h16M8 3.5V7M16 3.5V7"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "checks": '<path d="m2.5 12.5 4 4 8-8M12 15l1.5 1.5 8-8"/>',
    "chevron-down": '<path d="m6 9.5 6 6 6-6"/>',
    "chevron-left": '<path d="m14.5 6-6 6 6 6"/>',
    "chevron-right": '<path d="m9.5 6 6 6-6 6"/>',
    "circle": _RING,
    "circle-check": _RING + '<path d="m8 12.3 2.8 2.7L16 9.5"/>',
    "circle-dashed": '<circle cx="12" cy="12" r="9" stroke-dasharray="3.6 3.47"/>',
    "clock": _RING + '<path d="M12 7v5l3.5 2"/>',
    "clock-alert": '<path d="M20.8 10A9 9 0 1 0 13 20.9M12 7v5l2.5 1.5M19 14.5v4M19 21.6v.3"/>',
    "clock-pause": '<path d="M20.9 11A9 9 0 1 0 12 21M12 7v5M17 16v5M21 16v5"/>',
    "cloud-off": _CLOUD + '<path d="m10 14 4 5M14 14l-4 5"/>',
    "cloud-up": _CLOUD + '<path d="M12 20v-8M9 14.5l3-3 3 3"/>',
    "database": '<path d="M5 6v12c0 1.7 3.1 3 7 3s7-1.3 7-3V6M5 12c0 1.7 3.1 3 7 3s7-1.3 7-3"/>'
    '<ellipse cx="12" cy="6" rx="7" ry="3"/>',
    "difference": '<path d="M4 8h12l-3-3M20 16H8l3 3"/>',
    "download": '<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14"/>',
    "edit": '<path d="M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5"/>',
    "equals": '<path d="M6 9.5h12M6 14.5h12"/>',
    "eye": '<path d="M2.5 12C5 7.7 8.2 5.5 12 5.5s7 2.2 9.5 6.5c-2.5 4.3-5.7 6.5-9.5 6.5S5 16.3 2.5 12z"/>'
    '<circle cx="12" cy="12" r="3"/>',
    "file": _PAGE + '<path d="M9 12h6M9 16h6"/>',
    "file-off": _PAGE + '<path d="m9.5 11.5 5 5M14.5 11.5l-5 5"/>',
    "filter": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/>'
    '<circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
    "help": '<path d="M12 2.8l8 4.6v9.2l-8 4.6-8-4.6V7.4z"/>'
    '<path d="M9.8 9.6a2.3 2.3 0 1 1 3.2 2.3c-.7.4-1 .8-1 1.6M12 16.3v.3"/>',
    "home": '<path d="M3.5 11.5 12 4l8.5 7.5M6 10v10h12V10M10 20v-6h4v6"/>',
    "info": _RING + '<path d="M12 11v5.5M12 7.6V8"/>',
    "key": '<circle cx="8" cy="15" r="4"/><path d="m11 12 8-8M16 7l3 3"/>',
    "language": '<path d="M3.5 6h10M8.5 4v2M12 6c-.6 4-3.6 7.5-8 9M5.5 9c1 2.5 3.5 5 6.5 6'
    'M12.5 20.5l4-9.5 4 9.5M14 17.5h5"/>',
    "list": '<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.4M4.5 12h.4M4.5 17.5h.4"/>',
    "lock": '<path d="M5.5 11h13v9.5h-13zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 15v2"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "minus": '<path d="M5 12h14"/>',
    "out": '<path d="M13 4H5.5v16H13M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "print": '<path d="M7 9V3.5h10V9M7 17H4V9.5h16V17h-3M7 14h10v6.5H7z"/>',
    "progress": '<path d="M12 3a9 9 0 0 1 0 18"/><path d="M12 21a9 9 0 0 1 0-18" stroke-dasharray="3 3.2"/>',
    "refresh": '<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3M19.5 3.5v4h-4"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "search-off": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5M8.3 8.3l4.4 4.4'
    'M12.7 8.3l-4.4 4.4"/>',
    "square-alert": '<path d="M4 4h16v16H4zM12 8v4.5M12 16v.4"/>',
    "stop": '<path d="M6.5 6.5h11v11h-11z"/>',
    "triangle": '<path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.3"/>',
    "undo": '<path d="M8.5 5 4 9.5 8.5 14M4 9.5h10a5 5 0 0 1 0 10h-4"/>',
    "upload": '<path d="M12 15.5V4.5M7.5 9 12 4.5 16.5 9M5 19.5h14"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c1-4 3.8-6 7.5-6s6.5 2 7.5 6"/>',
    "users": '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c.8-3.7 3.2-5.5 6.5-5.5s5.7 1.8 6.5 5.5'
    'M16 5.3a3.5 3.5 0 0 1 0 6.4M18 15c1.8.8 3 2.5 3.5 5"/>',
    "village": '<path d="M3 20V11l5-4.5 5 4.5v9zM13 20h8v-7l-4-3.5-2.5 2.2M6.5 20v-5h3v5"/>',
    "wifi-off": '<path d="M4 9.5a12 12 0 0 1 4.5-2.6M12.5 6.2A12 12 0 0 1 20 9.5M7 13.5a7 7 0 0 1 4-1.9'
    'M15.5 12.5l1.5 1M10 17a3 3 0 0 1 4 0M12 20v.3M4 4l16 16"/>',
    "x": '<path d="m6 6 12 12M18 6 6 18"/>',
}
