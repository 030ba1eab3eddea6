// Says its arguments, which an image brings in the section "teex.args".
#include <stdio.h>

int main(int count, char **arguments) {
  printf("%d:", count);
  for (int i = 0; i < count; i++) printf(" [%s]", arguments[i]);
  printf("\n");
  return 0;
}
