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
    Market.requireListed(registry(true), MANAGER);
  }

  @Test
  void refusesAGenuineManagerOfAnotherMarket() {
    assertThatThrownBy(() -> Market.requireListed(registry(false), MANAGER))
        .hasMessageContaining("does not list as active")
        .isInstanceOfSatisfying(
            TeexException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CERTIFICATE_INVALID));
  }

  /** A registry that answers the same of every manager. */
  private static EnclaveRegistry registry(boolean active) {
    byte[] epochAndActive = new byte[2 * Bytes32.SIZE];
    epochAndActive[Bytes32.SIZE - 1] = 1;
    epochAndActive[2 * Bytes32.SIZE - 1] = (byte) (active ? 1 : 0);
    ChainReader chain =
        new ChainReader() {
          @Override
          public Bytes read(Address contract, Bytes call) {
            return Bytes.of(epochAndActive);
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
