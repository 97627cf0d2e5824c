"""What the operating system lends: keychain, clipboard, files, logs, clock."""
