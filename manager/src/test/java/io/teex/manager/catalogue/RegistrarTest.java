package io.teex.manager.catalogue;

import static io.teex.manager.testing.Codes.refuses;
import static io.teex.protocol.ErrorCode.ALREADY_EXISTS;
import static io.teex.protocol.ErrorCode.BLOB_NOT_FOUND;
import static io.teex.protocol.ErrorCode.BLOB_TAMPERED;
import static io.teex.protocol.ErrorCode.FORBIDDEN_IMPORT;
import static io.teex.protocol.ErrorCode.INVALID_MODULE;
import static io.teex.protocol.ErrorCode.MALFORMED;
import static io.teex.protocol.ErrorCode.NOT_FOUND;
import static io.teex.protocol.ErrorCode.ORDER_MISMATCH;
import static io.teex.protocol.ErrorCode.PERMISSION_DENIED;
import static io.teex.protocol.ErrorCode.SIGNATURE_INVALID;
import static io.teex.protocol.ErrorCode.STORE_FULL;
import static io.teex.protocol.ErrorCode.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
import io.teex.executor.instrument.ImageCheck;
import io.teex.manager.testing.InMemoryListings;
import io.teex.manager.testing.Modules;
import io.teex.manager.testing.SealedSet;
import io.teex.manager.testing.World;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ChunkRange;
import io.teex.protocol.Commitment;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.DatasetRegistration;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ImageRegistration;
import io.teex.protocol.Licence;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceKey;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RegistrarTest {
  private static final byte[] DATA = new byte[5 * SealedSet.CHUNK + 3];

  private final World world = new World();
  private final MapBlobs blobs = new MapBlobs();
  private final InMemoryListings listings = new InMemoryListings();
  private final Catalogue catalogue = new Catalogue(world.store, world.wrap);
  private final Registrar registrar = registrar(catalogue, wasm -> ImageCheck.check(wasm));
  private final SecretBytes key = SealedContent.newKey(world.random);
  private final Bytes32 salt = world.bytes32();
  private final SealedSet data = SealedSet.store(blobs, key, DATA, new Random(1));

  @Test
  void keepsAnImageAndVouchesForItsServiceKey() {
    Signed<ServiceKey> serviceKey = register(world.provider, Modules.NO_OP);

    Bytes32 digest = Commitment.image(salt, Modules.NO_OP);
    ImageRecord image = catalogue.image(digest).orElseThrow();
    assertThat(serviceKey.signer(world.domain)).isEqualTo(world.manager.address());
    assertThat(serviceKey.value())
        .isEqualTo(new ServiceKey(world.provider.address(), digest, image.publicKey(), 1));
    assertThat(catalogue.imageKey(image).sameAs(key)).isTrue();
    assertThat(registrar.serviceKey(digest).value()).isEqualTo(serviceKey.value());
  }

  @Test
  void sameRegistrationAgainAnswersAsTheFirstTime() {
    Signed<ServiceKey> first = register(world.provider, Modules.NO_OP);

    assertThat(register(world.provider, Modules.NO_OP)).isEqualTo(first);
    assertThat(
            registrar(new Catalogue(world.store, world.wrap), wasm -> {})
                .serviceKey(first.value().imageDigest()))
        .isEqualTo(first);
  }

  @Test
  void refusesAnotherOwnersRegistrationOfTheSameImage() {
    register(world.provider, Modules.NO_OP);

    refuses(ALREADY_EXISTS, "another owner", () -> register(world.user, Modules.NO_OP));
  }

  @Test
  void refusesAnotherOwnerWhoWasFasterMeanwhile() {
    Catalogue stale = new Catalogue(world.store, world.wrap);
    Registrar late = registrar(stale, wasm -> register(world.user, Modules.NO_OP));

    refuses(
        ALREADY_EXISTS,
        "another owner",
        () -> late.register(imageBy(world.provider, Modules.NO_OP), key));
  }

  @Test
  void refusesAnotherBlobOfTheSameImage() {
    register(world.provider, Modules.NO_OP);

    refuses(
        ALREADY_EXISTS, "is registered as blob", () -> register(world.provider, Modules.NO_OP, 2));
  }

  @Test
  void refusesARegistrationThatItsOwnerDidNotSign() {
    ImageRegistration registration = imageBy(world.provider, Modules.NO_OP).value();

    refuses(
        SIGNATURE_INVALID,
        () -> registrar.register(world.user.sign(world.domain, registration), key));
  }

  @Test
  void refusesATamperedImage() {
    Signed<ImageRegistration> registration = imageBy(world.provider, Modules.NO_OP);
    blobs.tamper(registration.value().sealedCid());

    refuses(BLOB_TAMPERED, () -> registrar.register(registration, key));
    assertThat(catalogue.image(registration.value().imageDigest())).isEmpty();
  }

  @Test
  void refusesAnImageThatDoesNotOpen() {
    refuses(
        BLOB_TAMPERED,
        () ->
            registrar.register(
                imageBy(world.provider, Modules.NO_OP), SealedContent.newKey(world.random)));
  }

  @Test
  void refusesAnImageThatIsNotWhatItsDigestSays() {
    ImageRegistration lie =
        new ImageRegistration(
            world.provider.address(), world.bytes32(), seal(Modules.NO_OP, salt, 1));

    refuses(
        BLOB_TAMPERED,
        "the registration says",
        () -> registrar.register(world.provider.sign(world.domain, lie), key));
  }

  @Test
  void refusesAnImageThatIsNotThere() {
    refuses(
        BLOB_NOT_FOUND,
        () ->
            registrar.register(
                world.provider.sign(
                    world.domain,
                    new ImageRegistration(
                        world.provider.address(), world.bytes32(), Cid.of(DATA).toString())),
                key));
  }

  @Test
  void refusesWhatIsNoContentId() {
    refuses(
        MALFORMED,
        () ->
            registrar.register(
                world.provider.sign(
                    world.domain,
                    new ImageRegistration(
                        world.provider.address(), world.bytes32(), "../../etc/passwd")),
                key));
  }

  @Test
  void refusesAModuleThatImportsWhatIsForbidden() {
    refuses(FORBIDDEN_IMPORT, () -> register(world.provider, Modules.FORBIDDEN_IMPORT));
  }

  @Test
  void refusesWhatIsNoModule() {
    refuses(INVALID_MODULE, () -> register(world.provider, DATA));
  }

  @Test
  void keepsNoPlaintextOfAnImage() {
    AtomicReference<byte[]> seen = new AtomicReference<>();
    registrar(catalogue, seen::set).register(imageBy(world.provider, Modules.NO_OP), key);

    assertThat(seen.get()).hasSameSizeAs(Modules.NO_OP).containsOnly(0);
  }

  @Test
  void knowsNoServiceKeyOfAnUnregisteredImage() {
    refuses(NOT_FOUND, () -> registrar.serviceKey(world.bytes32()));
  }

  @Test
  void keepsADatasetUnderItsLicence() {
    Licence licence = licence();

    registrar.register(datasetBy(world.dataOwner, licence), licence, data.keys());
    registrar.register(datasetBy(world.dataOwner, licence), licence, data.keys());

    DatasetRecord dataset = catalogue.dataset(licence.digest()).orElseThrow();
    assertThat(dataset.licence()).isEqualTo(licence);
    assertThat(catalogue.datasetKeys(dataset).sameAs(data.keys().encode())).isTrue();
  }

  @Test
  void keepsTheKeysOfALicensedRangeAlone() {
    ChunkRange range = new ChunkRange(1, 4);
    Licence licence = world.licence().data(data.index().dataDigest(range)).build();

    registrar.register(datasetBy(world.dataOwner, licence), licence, data.keys(range));

    DatasetRecord dataset = catalogue.dataset(licence.digest()).orElseThrow();
    DatasetKeys kept = DatasetKeys.decode(catalogue.datasetKeys(dataset));
    assertThat(kept.range()).isEqualTo(range);
    byte[] outside = blobs.get(Cid.parse(data.chunks().getFirst()));
    refuses(PERMISSION_DENIED, () -> data.index().open(kept, 0, outside));
  }

  @Test
  void refusesKeysOfAnotherRangeThanTheLicensedOne() {
    Licence licence = world.licence().data(data.index().dataDigest(new ChunkRange(1, 4))).build();

    for (ChunkRange wider : List.of(new ChunkRange(0, 4), new ChunkRange(1, 5))) {
      refuses(
          BLOB_TAMPERED,
          () -> registrar.register(datasetBy(world.dataOwner, licence), licence, data.keys(wider)));
    }
  }

  @Test
  void refusesKeysThatDoNotOpenTheData() {
    Licence licence = licence();
    DatasetKeys others = data.index().keys(SecretBytes.random(world.random, 32));

    refuses(
        BLOB_TAMPERED,
        "under another key",
        () -> registrar.register(datasetBy(world.dataOwner, licence), licence, others));
  }

  @Test
  void refusesKeysOfAnotherShape() {
    Licence licence = licence();
    SealedSet larger = SealedSet.store(blobs, key, new byte[9 * SealedSet.CHUNK], new Random(1));

    refuses(
        MALFORMED,
        () -> registrar.register(datasetBy(world.dataOwner, licence), licence, larger.keys()));
  }

  @Test
  void refusesADatasetWhoseChunksAreNotStored() {
    Licence licence = licence();
    Signed<DatasetRegistration> registration = datasetBy(world.dataOwner, licence);
    blobs.lose(data.chunks().getFirst());

    refuses(BLOB_NOT_FOUND, () -> registrar.register(registration, licence, data.keys()));
  }

  @Test
  void refusesADatasetThatItsOwnerDidNotSign() {
    Licence licence = licence();

    refuses(
        SIGNATURE_INVALID,
        () -> registrar.register(datasetBy(world.user, licence), licence, data.keys()));
  }

  @Test
  void refusesAnotherLicenceThanTheSignedOne() {
    Licence signed = licence();
    Licence shown = licence();

    refuses(
        ORDER_MISMATCH,
        () -> registrar.register(datasetBy(world.dataOwner, signed), shown, data.keys()));
  }

  @Test
  void refusesATamperedIndexOrChunk() {
    Licence licence = licence();
    Signed<DatasetRegistration> registration = datasetBy(world.dataOwner, licence);

    for (String blob : List.of(data.cid(), data.chunks().getFirst())) {
      blobs.tamper(blob);
      refuses(BLOB_TAMPERED, () -> registrar.register(registration, licence, data.keys()));
      blobs.tamper(blob);
    }

    registrar.register(registration, licence, data.keys());
  }

  @Test
  void refusesADatasetThatIsNotWhatItsLicenceSays() {
    Licence licence = world.licence().data(world.bytes32()).build();

    refuses(
        BLOB_TAMPERED,
        () -> registrar.register(datasetBy(world.dataOwner, licence), licence, data.keys()));
  }

  @Test
  void refusesAnotherBlobUnderTheSameLicence() {
    Licence licence = licence();
    registrar.register(datasetBy(world.dataOwner, licence), licence, data.keys());
    String other = SealedSet.store(blobs, key, DATA, new Random(2)).cid();

    refuses(
        ALREADY_EXISTS,
        () ->
            registrar.register(
                world.dataOwner.sign(
                    world.domain, new DatasetRegistration(licence.digest(), other)),
                licence,
                data.keys()));
  }

  @Test
  void refusesALicenceOfUnboundedSize() {
    Bytes32[] images = Stream.generate(world::bytes32).limit(257).toArray(Bytes32[]::new);
    List<Licence> excessive =
        List.of(
            world.licence().data(data.digest()).images().build(),
            world.licence().data(data.digest()).images(images).build(),
            world.licence().data(data.digest()).purpose("p".repeat(257)).build());

    for (Licence licence : excessive) {
      refuses(
          MALFORMED,
          () -> registrar.register(datasetBy(world.dataOwner, licence), licence, data.keys()));
    }
  }

  @Test
  void whoCannotBeServedSoonIsToldSo() {
    List<Throwable> seen = new ArrayList<>();
    AtomicReference<Registrar> busy = new AtomicReference<>();
    busy.set(
        registrar(
            catalogue,
            wasm ->
                seen.add(
                    catchThrowable(() -> busy.get().register(imageBy(world.user, DATA), key)))));

    busy.get().register(imageBy(world.provider, Modules.NO_OP), key);

    assertThat(seen)
        .singleElement()
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(UNAVAILABLE))
        .extracting(Throwable::getMessage)
        .asString()
        .contains("try again");
  }

  @Test
  void refusesAnAccountThatCouldNotListWhatItRegisters() {
    listings.defund(world.provider.address());

    refuses(PERMISSION_DENIED, "no ether", () -> register(world.provider, Modules.NO_OP));
  }

  @Test
  void refusesWhoRegistersManyThingsAndListsNone() {
    for (int i = 0; i < Unlisted.OWNER_MAX; i++) {
      registerDataset();
    }

    refuses(STORE_FULL, "are not listed on chain yet", this::registerDataset);

    register(world.provider, Modules.NO_OP);
  }

  @Test
  void whatIsListedLeavesRoomForMore() {
    Licence first = registerDataset();
    for (int i = 1; i < Unlisted.OWNER_MAX; i++) {
      registerDataset();
    }
    listings.list(world.dataOwner.address(), first.digest());

    registerDataset();
    world.hostTime = world.hostTime.plus(Duration.ofDays(2));
    registerDataset();

    assertThat(fresh().dataset(first.digest())).isPresent();
  }

  @Test
  void whatNobodyListsIsDroppedAndCanBeRegisteredAnew() {
    Signed<ServiceKey> before = register(world.provider, Modules.NO_OP);
    Licence licence = registerDataset();
    listings.list(world.user.address(), licence.digest());
    world.hostTime = world.hostTime.plus(Unlisted.LISTING_TIME).plusSeconds(1);

    registerDataset();

    assertThat(fresh().image(before.value().imageDigest())).isEmpty();
    assertThat(fresh().dataset(licence.digest())).isEmpty();
    assertThat(register(world.provider, Modules.NO_OP)).isNotEqualTo(before);
    assertThat(fresh().image(before.value().imageDigest())).isPresent();
  }

  private Licence registerDataset() {
    Licence licence = licence();
    registrar.register(datasetBy(world.dataOwner, licence), licence, data.keys());
    return licence;
  }

  /** What is kept, whatever the manager remembers. */
  private Catalogue fresh() {
    return new Catalogue(world.store, world.wrap);
  }

  private Registrar registrar(Catalogue target, Consumer<byte[]> imageCheck) {
    return new Registrar(
        world.manager,
        target,
        new Unlisted(world.store, listings, () -> world.hostTime, target::forget),
        blobs,
        imageCheck,
        new SecureRandom(),
        Duration.ZERO);
  }

  private Signed<ServiceKey> register(SigningKey owner, byte[] wasm) {
    return register(owner, wasm, 1);
  }

  private Signed<ServiceKey> register(SigningKey owner, byte[] wasm, int sealing) {
    return registrar.register(imageBy(owner, wasm, sealing), key);
  }

  private Signed<ImageRegistration> imageBy(SigningKey owner, byte[] wasm) {
    return imageBy(owner, wasm, 1);
  }

  private Signed<ImageRegistration> imageBy(SigningKey owner, byte[] wasm, int sealing) {
    return owner.sign(
        world.domain,
        new ImageRegistration(
            owner.address(), Commitment.image(salt, wasm), seal(wasm, salt, sealing)));
  }

  private Signed<DatasetRegistration> datasetBy(SigningKey owner, Licence licence) {
    return owner.sign(world.domain, new DatasetRegistration(licence.digest(), data.cid()));
  }

  private Licence licence() {
    return world.licence().data(data.digest()).build();
  }

  /** Puts a sealed container into the blob store; the same sealing makes the same bytes. */
  private String seal(byte[] content, Bytes32 contentSalt, int sealing) {
    return blobs
        .put(
            SealedContent.seal(
                    key, SaltedContent.of(contentSalt, content).encode(), new Random(sealing))
                .copy())
        .toString();
  }

  /** A blob store whose host may change what it keeps. */
  private static final class MapBlobs implements BlobStore {
    private final Map<Cid, byte[]> blobs = new HashMap<>();

    void tamper(String cid) {
      byte[] content = Objects.requireNonNull(blobs.get(Cid.parse(cid)));
      content[content.length - 1] ^= 1;
    }

    void lose(String cid) {
      blobs.remove(Cid.parse(cid));
    }

    @Override
    public Cid put(byte[] content) {
      Cid cid = Cid.of(content);
      blobs.put(cid, content.clone());
      return cid;
    }

    @Override
    public byte[] get(Cid cid) {
      byte[] content = blobs.get(cid);
      if (content == null) {
        throw new TeexException(ErrorCode.BLOB_NOT_FOUND, cid.toString());
      }
      return Arrays.copyOf(content, content.length);
    }
  }
}
