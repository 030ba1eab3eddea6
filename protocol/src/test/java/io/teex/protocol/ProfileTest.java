package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTest {
  @Test
  void aProfileWithoutStepsIsItsGuestInterfaceAlone() {
    assertThat(Profile.parse(Tier.WASM_1)).isEqualTo(Profile.of(Tier.WASM_1));
    assertThat(Profile.of(Tier.WASM_1).text()).isEqualTo("wasm-1");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 250, 60_000})
  void readsTheStepsThatItWrites(int millis) {
    Profile profile = Profile.of(Tier.WASM_1).withResponseStep(millis);

    assertThat(profile.text()).isEqualTo("wasm-1+step=" + millis);
    assertThat(Profile.parse(profile.text())).isEqualTo(profile);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "wasm-1+",
        "wasm-1+step=",
        "wasm-1+step=0",
        "wasm-1+step=9",
        "wasm-1+step=010",
        "wasm-1+step=60001",
        "wasm-1+step=100000",
        "wasm-1+step=-10",
        "wasm-1+step=10+step=10",
        "wasm-1 +step=10",
        "WASM-1",
        "wasm-1+step=10\n"
      })
  void refusesWhateverElseAnOrderMaySay(String text) {
    TeexException refusal = catchThrowableOfType(TeexException.class, () -> Profile.parse(text));

    assertThat(refusal.code()).isEqualTo(ErrorCode.ORDER_MISMATCH);
    assertThat(refusal).hasMessageContaining("10 to 60000 milliseconds");
  }
}
