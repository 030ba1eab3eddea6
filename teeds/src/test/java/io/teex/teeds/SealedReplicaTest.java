package io.teex.teeds;

import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SealedReplicaTest extends StoreContract {
  @TempDir Path directory;
  private SealedReplica replica;

  @BeforeEach
  void open() {
    replica = SealedReplica.open(directory, Keys.shardKey(), new SecureRandom());
  }

  @AfterEach
  void close() {
    replica.close();
  }

  @Override
  Store store() {
    return replica;
  }
}
