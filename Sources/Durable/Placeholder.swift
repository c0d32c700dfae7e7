enum PlaceholderDurable {}
