// Does what no engine allows.
int main(void) { __builtin_trap(); }
