package io.teex.manager;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.teex.chain.Trust;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.NodeCertificate;
import io.teex.rpc.node.NodeFile;
import io.teex.rpc.node.QuoteFile;

/** Everything that the manager tells its operator. */
final class ManagerLog {
  private final System.Logger log = System.getLogger("io.teex.manager");

  void started(Address address, long epoch, boolean simulated, Trust chain) {
    log.log(
        simulated ? WARNING : INFO,
        "manager {0} of epoch {1} starts{2}; chain facts are {3}",
        address,
        epoch,
        simulated ? ", SIMULATED: its secrets are as safe as its files" : "",
        chain);
  }

  void notTrusted(NodeFile self, long epoch) {
    log.log(
        WARNING,
        "nobody trusts manager {0} yet: governance has to list it in epoch {1}, and the operator of"
            + " platform {2} to answer for it (teex node operate)",
        self.address(),
        epoch,
        self.platform());
  }

  void wroteQuote(QuoteFile quote) {
    log.log(
        INFO,
        "a quote of manager {0} over block {1} is in {2}; teex node attest posts it",
        quote.key(),
        Long.toString(quote.block()),
        QuoteFile.NAME);
  }

  void noQuote(RuntimeException cause) {
    log.log(WARNING, "there is no fresh quote for the chain; it is tried again in a minute", cause);
  }

  void enrolled(NodeCertificate node) {
    log.log(
        INFO,
        "enrolled {0} {1}, TCB {2}, platform {3}",
        node.role(),
        node.signer(),
        node.tcbStatus(),
        node.platformTag());
  }

  void gaveStoreKey(String shard, Bytes32 tlsKeyHash) {
    log.log(INFO, "gave the key of shard {0} to the store node of TLS key {1}", shard, tlsKeyHash);
  }

  void registeredImage(Bytes32 imageDigest, Address owner) {
    log.log(INFO, "registered image {0} of {1}", imageDigest, owner);
  }

  void registeredDataset(Bytes32 licenceDigest, Address owner) {
    log.log(INFO, "registered a data set under licence {0} of {1}", licenceDigest, owner);
  }

  void revoked(Bytes32 licenceDigest, Address owner) {
    log.log(INFO, "licence {0} was revoked by {1}", licenceDigest, owner);
  }
}
