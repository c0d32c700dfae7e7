import App
@main struct M { static func main() {} }
