// Calls itself without end.
static int (*volatile again)(int);

static int deeper(int n) { return again(n + 1) * 31 + n; }

int main(void) {
  again = deeper;
  return deeper(1);
}
