package io.teex.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.chain.ChainView;
import io.teex.chain.ChainViews;
import io.teex.chain.Fact;
import io.teex.chain.Trust;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Price;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.TeexException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChainPriceListTest {
  private static final Price PRICE =
      new Price(Amount.of(100), Amount.of(10), Amount.of(50), Amount.of(5));
  private static final Address OWNER = Address.ZERO;
  private static final ServiceRef SERVICE = new ServiceRef(ServiceId.of(1), 1, Bytes32.ZERO, 1);

  /** A chain whose last view is a moment old. */
  private record Chain(ChainView latest, ChainView refresh) implements ChainViews {}

  /** Tells of every service the same: that it is there, or that it is not. */
  private static ChainView view(Optional<Price> price, Optional<Address> owner) {
    return (ChainView)
        Proxy.newProxyInstance(
            ChainView.class.getClassLoader(),
            new Class<?>[] {ChainView.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "price" -> new Fact<>(price, Trust.UNVERIFIED, 1);
                  case "serviceOwner" -> new Fact<>(owner, Trust.UNVERIFIED, 1);
                  default -> throw new IllegalStateException(method + " is not asked here");
                });
  }

  private static final ChainView NOTHING = view(Optional.empty(), Optional.empty());
  private static final ChainView LISTED = view(Optional.of(PRICE), Optional.of(OWNER));

  @Test
  void looksAgainForWhatMayHaveBeenListedAMomentAgo() {
    assertThat(new ChainPriceList(new Chain(NOTHING, LISTED)).service(SERVICE))
        .isEqualTo(new PriceList.Service(PRICE, OWNER));
  }

  @Test
  void refusesWhatTheNewestBlockDoesNotHave() {
    assertThatThrownBy(() -> new ChainPriceList(new Chain(NOTHING, NOTHING)).service(SERVICE))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_SERVICE))
        .hasMessageContaining("price version 1");
  }
}
