package io.teex.manager;

import io.teex.blobs.BlobStore;
import io.teex.chain.ChainEndpoints;
import io.teex.chain.Finality;
import io.teex.rpc.Endpoint;
import io.teex.rpc.node.NodeConfig;
import io.teex.rpc.node.NodeSettings;
import io.teex.teeds.Patience;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The manager's settings.
 *
 * @param chainRpc {@code chain.rpc}: JSON-RPC of Ethereum nodes, separated by commas
 * @param chainAddresses {@code chain.addresses}: file with chain id and contract addresses
 * @param confirmations {@code chain.confirmations}: how many blocks must lie on a block before it
 *     counts, or {@code safe} or {@code finalized}; 0 on the embedded chain
 * @param blockAgeMax {@code chain.age-max}: how old the newest block may be, and how far ahead; one
 *     hour. What an older one says of licences and nodes may be over, so nothing is released by it
 * @param store {@code store}: a TEE-DS node, which may start after the manager, since it gets its
 *     keys here
 * @param storeWait {@code store.wait}: how long a call waits for TEE-DS before it fails
 * @param blobs {@code blobs}: URL of the blob store
 * @param blobBytesMax {@code blob.bytes.max}: the largest image or data set that is taken. It is
 *     opened in memory, so that the default follows from the heap
 * @param certificateLife {@code certificate.life}: how long node certificates last
 */
public record ManagerSettings(
    NodeSettings node,
    ChainEndpoints chainRpc,
    Path chainAddresses,
    Finality confirmations,
    Duration blockAgeMax,
    Endpoint store,
    Duration storeWait,
    URI blobs,
    int blobBytesMax,
    Duration certificateLife) {
  static final Duration CERTIFICATE_LIFE = Duration.ofHours(24);
  private static final Duration BLOCK_AGE_MAX = Duration.ofHours(1);
  private static final int HEAP_PER_BLOB_BYTE = 8;
  private static final Duration CERTIFICATE_LIFE_MAX = Duration.ofDays(30);

  public static ManagerSettings from(NodeConfig config) {
    Duration life = config.duration("certificate.life", CERTIFICATE_LIFE);
    if (life.compareTo(CERTIFICATE_LIFE_MAX) > 0) {
      throw config.failure(
          "certificate.life", "is %s, expected at most %s".formatted(life, CERTIFICATE_LIFE_MAX));
    }
    return new ManagerSettings(
        NodeSettings.from(config),
        config.confidential("chain.rpc", ChainEndpoints::parse),
        config.path("chain.addresses"),
        config.parsed("chain.confirmations", Finality.NONE, Finality::parse),
        config.duration("chain.age-max", BLOCK_AGE_MAX),
        config.endpoint("store"),
        config.duration("store.wait", Patience.DEFAULT.total()),
        config.uri("blobs"),
        config.integer("blob.bytes.max", blobBytesOfHeap(), 1, BlobStore.BLOB_BYTES_MAX),
        life);
  }

  /** Opening a blob takes some copies of it: sealed, opened, and apart from its salt. */
  private static int blobBytesOfHeap() {
    return (int)
        Math.min(BlobStore.BLOB_BYTES_MAX, Runtime.getRuntime().maxMemory() / HEAP_PER_BLOB_BYTE);
  }
}
