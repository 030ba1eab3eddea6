package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;

/** Judges quotes of SGX and TDX by what was posted. */
public final class QuoteVerifier extends Contract {
  /**
   * What a genuine quote says.
   *
   * @param measurement 48 bytes
   * @param platform keccak256 of the PPID
   * @param until seconds since the epoch, when the first of what it was judged by has to be
   *     replaced
   */
  public record Verdict(
      TeeKind tee,
      TcbStatus status,
      Bytes measurement,
      Bytes reportData,
      Bytes32 platform,
      long evaluationNumber,
      long until) {}

  private record Answer(
      @Uint(8) int tee,
      @Uint(8) int status,
      Bytes measurement,
      Bytes reportData,
      Bytes32 platform,
      Bytes32 attributes,
      Bytes32 xfam,
      @Uint(32) long evaluationNumber,
      long until) {}

  private record Question(Bytes quote) {}

  private record Text(Bytes value) {}

  public QuoteVerifier(ChainReader chain, Address address) {
    super(chain, address);
  }

  /**
   * Judges a quote at the time of the newest block.
   *
   * @throws TeexException {@code CHAIN_REJECTED} with the contract's reason if it is not genuine,
   *     can be debugged, or if what it is judged by was not posted or is over
   */
  public Verdict verify(Bytes quote) {
    Answer answer = struct(Answer.class, TypedData.encodeCall("verify", new Question(quote)));
    return new Verdict(
        answer.tee() == 0 ? TeeKind.SGX : TeeKind.TDX,
        status(answer.status()),
        answer.measurement(),
        answer.reportData(),
        answer.platform(),
        answer.evaluationNumber(),
        answer.until());
  }

  /** The chain in a quote, as {@link CertificateStore#postPlatform} wants it. */
  public Bytes pckChain(Bytes quote) {
    return values(Text.class, TypedData.encodeCall("pckChain", new Question(quote))).value();
  }

  /** Where certificates and revocation lists are posted. */
  public CertificateStore certificates() {
    return new CertificateStore(
        chain(), values(AddressValue.class, TypedData.encodeCall("certificates")).value());
  }

  /** Where TCB information and QE identities are posted. */
  public TcbStore tcb() {
    return new TcbStore(chain(), values(AddressValue.class, TypedData.encodeCall("tcb")).value());
  }

  /** The contract counts from UpToDate on; what it never says is before and behind. */
  private static TcbStatus status(int code) {
    for (TcbStatus status : TcbStatus.values()) {
      if (status.code() == code + 1 && status != TcbStatus.UNKNOWN) {
        return status;
      }
    }
    throw new TeexException(
        ErrorCode.CHAIN_UNAVAILABLE, "a contract answered with TCB status %d".formatted(code));
  }
}
