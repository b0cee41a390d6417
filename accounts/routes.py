def routes_without_entry():
    return []
