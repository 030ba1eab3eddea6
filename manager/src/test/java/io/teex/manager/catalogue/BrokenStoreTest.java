package io.teex.manager.catalogue;

import static io.teex.manager.testing.Codes.refuses;
import static io.teex.protocol.ErrorCode.STORE_CORRUPT;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
import io.teex.manager.state.StateKeys;
import io.teex.manager.testing.InMemoryListings;
import io.teex.manager.testing.World;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Hpke;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/** What a broken TEE-DS node gains by changing what it keeps: a refusal. */
class BrokenStoreTest {
  private final World world = new World();
  private final ImageRecord image = world.image();
  private final Bytes32 digest = image.imageDigest();
  private final Catalogue catalogue = new Catalogue(world.store, world.wrap);
  private final Registrar registrar =
      Registrar.open(
          world.manager,
          catalogue,
          world.store,
          new InMemoryListings(),
          new NoBlobs(),
          wasm -> {},
          () -> world.hostTime,
          new SecureRandom());

  @Test
  void nobodySealsInputsToAKeyOfTheNode() {
    Hpke.KeyPair own = Hpke.KeyPair.generate(world.random);
    world.put(
        StateKeys.image(digest),
        new ImageRecord(
            image.owner(),
            digest,
            image.sealedCid(),
            image.wrappedImageKey(),
            own.publicKey(),
            image.wrappedPrivateKey()));

    refuses(STORE_CORRUPT, () -> registrar.serviceKey(digest));
  }

  @Test
  void noImageChangesHands() {
    world.put(
        StateKeys.image(digest),
        new ImageRecord(
            world.user.address(),
            digest,
            image.sealedCid(),
            image.wrappedImageKey(),
            image.publicKey(),
            image.wrappedPrivateKey()));
    world.chain.list(World.SERVICE, 1, world.version(world.user.address()));

    refuses(STORE_CORRUPT, () -> world.newReleases().release(world.ask(world.order()).build()));
  }

  @Test
  void noOtherImageTakesItsPlace() {
    Bytes32 other = world.bytes32();
    world.put(StateKeys.image(other), image);

    refuses(STORE_CORRUPT, () -> catalogue.image(other));
  }

  @Test
  void noOtherBlobTakesADatasetsPlace() {
    DatasetRecord kept = catalogue.dataset(world.licence.digest()).orElseThrow();
    DatasetRecord moved = new DatasetRecord(kept.licence(), "other-cid", kept.wrappedKeys());

    refuses(STORE_CORRUPT, () -> catalogue.datasetKeys(moved));
  }

  @Test
  void noLicenceTakesAnothersPlace() {
    Bytes32 other = world.bytes32();
    world.put(StateKeys.dataset(other), catalogue.dataset(world.licence.digest()).orElseThrow());

    refuses(STORE_CORRUPT, () -> catalogue.dataset(other));
  }

  private static final class NoBlobs implements BlobStore {
    @Override
    public Cid put(byte[] content) {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] get(Cid cid) {
      throw new UnsupportedOperationException();
    }
  }
}
