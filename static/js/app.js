/* Entry of the bundle: styles first, then one behaviour a file, each bound by data- attributes. */
import "@tabler/core/dist/css/tabler.min.css";
import "tom-select/dist/css/tom-select.bootstrap5.min.css";
import "../css/app.css";

import "./htmx_setup.js";
import "./failed_parts.js";
import "./keyboard.js";
import "./selection.js";
import "./dialogs.js";
import "./menus.js";
import "./header.js";
import "./room.js";
import "./toasts.js";
import "./selects.js";
import "./unsaved.js";
import "./filters.js";
import "./expiring.js";
import "./charts_loader.js";
import "./map_loader.js";
import "./small.js";
import "./stacked_tables.js";
import "./entry.js";
