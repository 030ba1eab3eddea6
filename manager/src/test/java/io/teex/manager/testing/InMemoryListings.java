package io.teex.manager.testing;

import io.teex.manager.catalogue.Listings;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import java.util.HashSet;
import java.util.Set;

/** A chain of one block on which everybody has ether, but for those who are told otherwise. */
public final class InMemoryListings implements Listings {
  private final Set<Listing> listed = new HashSet<>();
  private final Set<Address> poor = new HashSet<>();

  public void list(Address publisher, Bytes32 digest) {
    listed.add(new Listing(publisher, digest));
  }

  public void defund(Address account) {
    poor.add(account);
  }

  @Override
  public boolean isFunded(Address account) {
    return !poor.contains(account);
  }

  @Override
  public long newestBlock() {
    return 1;
  }

  @Override
  public Set<Listing> since(long block) {
    return block <= 1 ? Set.copyOf(listed) : Set.of();
  }
}
