// Ends with an exit code that says it failed.
int main(void) { return 3; }
