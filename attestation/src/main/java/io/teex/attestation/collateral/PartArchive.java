package io.teex.attestation.collateral;

import io.teex.protocol.Bytes;
import java.util.Map;
import java.util.Optional;

/** Keeps parts beyond the life of the process; as little trusted as the service. */
interface PartArchive {
  PartArchive NONE =
      new PartArchive() {
        @Override
        public Optional<Map<String, Bytes>> load(Part part) {
          return Optional.empty();
        }

        @Override
        public void save(Part part, Map<String, Bytes> documents) {}
      };

  Optional<Map<String, Bytes>> load(Part part);

  void save(Part part, Map<String, Bytes> documents);
}
