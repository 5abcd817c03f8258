"""The programs that the tests put around Weir, and Weir itself, each as a process on loopback."""
