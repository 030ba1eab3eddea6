package io.teex.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainReader;
import io.teex.chain.EnclaveRegistry;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MarketTest {
  private static final Address MANAGER = new Address(Bytes.of(new byte[Address.SIZE]));

  @Test
  void takesTheManagerThatTheRegistryLists() {
    Market.requireListed(registry(true, true), MANAGER);
  }

  @Test
  void refusesAGenuineManagerOfAnotherMarket() {
    assertThatThrownBy(() -> Market.requireListed(registry(false, false), MANAGER))
        .hasMessageContaining("does not list as active")
        .isInstanceOfSatisfying(
            TeexException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CERTIFICATE_INVALID));
  }

  @Test
  void refusesAManagerThatNobodyOperates() {
    assertThatThrownBy(() -> Market.requireListed(registry(true, false), MANAGER))
        .hasMessageContaining("with an operator");
  }

  private static Bytes words(int... values) {
    byte[] words = new byte[values.length * Bytes32.SIZE];
    for (int i = 0; i < values.length; i++) {
      words[(i + 1) * Bytes32.SIZE - 1] = (byte) values[i];
    }
    return Bytes.of(words);
  }

  /** A registry that lists every manager in epoch 1, since the first second. */
  private static EnclaveRegistry registry(boolean active, boolean operated) {
    Bytes manager = words(1, 1, active ? 1 : 0);
    Bytes isManager = words(operated ? 1 : 0);
    ChainReader chain =
        new ChainReader() {
          @Override
          public Bytes read(Address contract, Bytes call) {
            return call.size() == 4 + Bytes32.SIZE ? manager : isManager;
          }

          @Override
          public Optional<Bytes> find(Address contract, Bytes call, String... absent) {
            throw new UnsupportedOperationException();
          }

          @Override
          public List<ChainClient.Log> logs(
              Address contract, List<Bytes32> topics, long from, long to) {
            throw new UnsupportedOperationException();
          }
        };
    return new EnclaveRegistry(
        chain, new Addresses(1, MANAGER, MANAGER, MANAGER, MANAGER, MANAGER));
  }
}
