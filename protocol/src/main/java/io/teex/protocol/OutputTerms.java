package io.teex.protocol;

/**
 * To whom and in what size the output goes.
 *
 * @param key the user's X25519 public key, to which the output key is sealed
 * @param capBytes the most that the service may write
 * @param paddingBytes the output is padded to a multiple of this; 0 for none
 */
public record OutputTerms(Bytes32 key, long capBytes, long paddingBytes) {
  public OutputTerms {
    Require.uint64("output cap", capBytes);
    Require.uint64("output padding", paddingBytes);
  }
}
