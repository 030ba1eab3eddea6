package io.teex.manager.testing;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Licence;
import java.util.List;

/** A licence that says only what a test is about. */
public final class LicenceBuilder {
  private final Address owner;
  private Bytes32 dataDigest = Bytes32.ZERO;
  private List<Bytes32> images;
  private List<Address> users = List.of();
  private String purpose = "";
  private long usesMax = 10;
  private long notBefore;
  private long expiry;
  private long outputBytesPerTask = 10_000;
  private long outputBytesTotal = 1_000_000;
  private Bytes32 salt = Bytes32.ZERO;

  LicenceBuilder(Address owner, Bytes32 image, long now) {
    this.owner = owner;
    this.images = List.of(image);
    this.notBefore = now - 100;
    this.expiry = now + 100;
  }

  public LicenceBuilder data(Bytes32 digest) {
    dataDigest = digest;
    return this;
  }

  public LicenceBuilder images(Bytes32... digests) {
    images = List.of(digests);
    return this;
  }

  public LicenceBuilder users(Address... values) {
    users = List.of(values);
    return this;
  }

  public LicenceBuilder purpose(String value) {
    purpose = value;
    return this;
  }

  public LicenceBuilder usesMax(long value) {
    usesMax = value;
    return this;
  }

  public LicenceBuilder notBefore(long value) {
    notBefore = value;
    return this;
  }

  public LicenceBuilder expiry(long value) {
    expiry = value;
    return this;
  }

  public LicenceBuilder outputBytes(long perTask, long total) {
    outputBytesPerTask = perTask;
    outputBytesTotal = total;
    return this;
  }

  public LicenceBuilder salt(Bytes32 value) {
    salt = value;
    return this;
  }

  public Licence build() {
    return new Licence(
        owner,
        dataDigest,
        images,
        users,
        purpose,
        Amount.of(5),
        usesMax,
        notBefore,
        expiry,
        outputBytesPerTask,
        outputBytesTotal,
        salt);
  }
}
