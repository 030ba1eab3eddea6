package io.teex.manager;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.DataMarket;
import io.teex.chain.ServiceMarket;
import io.teex.manager.catalogue.Listings;
import io.teex.protocol.Address;
import java.util.HashSet;
import java.util.Set;

/** Listings as the two markets' events tell them. */
final class ChainListings implements Listings {
  private final ChainClient chain;
  private final ServiceMarket services;
  private final DataMarket data;

  ChainListings(ChainClient chain, Addresses addresses) {
    this.chain = chain;
    this.services = new ServiceMarket(chain, addresses);
    this.data = new DataMarket(chain, addresses);
  }

  @Override
  public boolean isFunded(Address account) {
    return chain.ether(account).signum() > 0;
  }

  @Override
  public long newestBlock() {
    return chain.blockNumber();
  }

  @Override
  public Set<Listing> since(long block) {
    long newest = chain.blockNumber();
    Set<Listing> listed = new HashSet<>();
    services
        .versions(block, newest)
        .forEach(
            one -> listed.add(new Listing(one.version().publisher(), one.version().imageDigest())));
    data.licences(block, newest)
        .forEach(one -> listed.add(new Listing(one.publisher(), one.licenceDigest())));
    return listed;
  }
}
