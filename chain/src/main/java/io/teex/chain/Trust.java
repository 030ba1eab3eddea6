package io.teex.chain;

/** How a fact of the chain is known. */
public enum Trust {
  /** Proven against the chain's consensus: whoever runs the node cannot have made it up. */
  VERIFIED,
  /** A node said so. The host owns the network, so it is a hint and shown as one. */
  UNVERIFIED
}
