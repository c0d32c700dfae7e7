enum PlaceholderPost {}
