package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Price;
import io.teex.protocol.ServiceId;
import io.teex.protocol.Sha256;
import io.teex.protocol.TypedData;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A market on a real node whose services and data sets are sold. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class ListingDelayTest {
  @Parameter NodeKind kind;

  private static final Duration DELAY = Duration.ofDays(2);
  private static final Bytes32 DIGEST = Sha256.hash(new byte[] {1});
  private static final Bytes32 SECOND = Sha256.hash(new byte[] {2});
  private static final Price PRICE =
      new Price(Amount.of(100), Amount.of(10), Amount.of(50), Amount.of(5));

  private record TransferService(Address from, Address to, ServiceId id) {}

  private record TransferDataset(Address from, Address to, DatasetId id) {}

  @Test
  void whatALaterOwnerAddsIsListedAfterTheDelay() {
    try (EmbeddedChain chain = EmbeddedChain.start(kind)) {
      Addresses addresses =
          Deployment.deploy(
              chain.governance,
              Deployment.Terms.development(EmbeddedChain.WITHDRAW_DELAY).withTrustDelay(DELAY));
      ServiceMarket services = new ServiceMarket(chain.client, addresses);
      DataMarket data = new DataMarket(chain.client, addresses);
      TransactionSender seller = chain.sender(DevAccounts.key(2));
      TransactionSender buyer = chain.sender(DevAccounts.key(3));
      ServiceMarket.NewVersion version = new ServiceMarket.NewVersion(DIGEST, DIGEST, "one");
      ServiceId service = services.publish(seller, version, PRICE).id();
      DatasetId dataset = data.list(seller, DIGEST, DIGEST, Amount.of(7), "data").id();
      sell(services, new TransferService(seller.address(), buyer.address(), service), seller);
      sell(data, new TransferDataset(seller.address(), buyer.address(), dataset), seller);

      ServiceMarket.VersionListed added = services.addVersion(buyer, service, version);
      services.setPrice(buyer, service, PRICE);
      data.addLicence(buyer, dataset, SECOND, Amount.of(8));

      assertThat(added.number()).isEqualTo(2);
      assertThat(added.version().listedAt()).isGreaterThan(chain.now());
      assertThat(services.version(service, 2)).isEmpty();
      assertThat(services.price(service, 2)).isEmpty();
      assertThat(services.service(service)).contains(new ServiceMarket.Service(1, 1, true));
      assertThat(data.licence(dataset, SECOND).orElseThrow().state())
          .isEqualTo(DataMarket.LicenceState.PENDING);
      assertThat(data.licence(dataset, DIGEST).orElseThrow().isActive()).isTrue();

      chain.pass(DELAY);

      assertThat(services.version(service, 2)).contains(added.version());
      assertThat(services.price(service, 2)).contains(PRICE);
      assertThat(services.service(service)).contains(new ServiceMarket.Service(2, 2, true));
      assertThat(data.licence(dataset, SECOND).orElseThrow().isActive()).isTrue();
    }
  }

  private static void sell(Contract market, Record transfer, TransactionSender seller) {
    market.send(seller, "selling", TypedData.encodeCall("transferFrom", transfer));
  }
}
