package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Coded;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Session;
import io.teex.protocol.Signature;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;

/** Where dispatchers show what their batches took money for. */
public final class Court extends OwingContract {
  /** What a challenge is about. */
  public enum Subject implements Coded {
    DEBIT(0),
    REQUEST(1);

    private final int code;

    Subject(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /** {@code OPEN} becomes one of the last three. */
  public enum State implements Coded {
    NONE(0),
    OPEN(1),
    ANSWERED(2),
    WON(3),
    MOOT(4);

    private final int code;

    State(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /**
   * Which debit or payment of which batch is challenged.
   *
   * @param header the batch's EIP-712 hash
   */
  public record Question(Bytes32 header, Subject subject, BigInteger index) {}

  /**
   * A challenge as the contract keeps it.
   *
   * @param deadline seconds since the epoch, inclusive
   * @param shown a bit for each sequence after {@code from} that was shown
   */
  public record Challenge(
      Address challenger,
      @Uint(40) long deadline,
      State state,
      Address payer,
      int lane,
      long from,
      long to,
      Amount amount,
      TaskId request,
      BigInteger shown,
      Amount justified) {}

  /**
   * @param session 0 if the user signed, else 1 + the place in the part's sessions
   */
  public record Charge(
      Order order,
      Signature orderSignature,
      @Uint(16) int session,
      Receipt receipt,
      Signature receiptSignature) {}

  /** A session with its user's signature. */
  public record SignedSession(Session session, Signature signature) {}

  /**
   * The leaves under one node of a group's tree, and the way up.
   *
   * @param voids bit i: leaf {@code first + i} is a void; the others are the charges, in order
   */
  public record Part(
      @Uint(16) int first,
      @Uint(16) int leaves,
      @Uint(8) int height,
      BigInteger voids,
      List<Charge> charges,
      List<SignedSession> sessions,
      List<ReceiptTree.Step> group,
      List<ReceiptTree.Step> top) {
    public Part {
      charges = List.copyOf(charges);
      sessions = List.copyOf(sessions);
      group = List.copyOf(group);
      top = List.copyOf(top);
    }
  }

  /**
   * What the deployment was made with.
   *
   * @param window seconds after a batch in which it can be challenged
   * @param answerTime seconds for an answer
   */
  public record Terms(
      @Uint(40) long window, @Uint(40) long answerTime, Amount bond, Amount rewardMax) {
    /** How long after a batch its last answer may have to be given. */
    public Duration memory() {
      return Duration.ofSeconds(window + answerTime);
    }
  }

  private record Details(Address challenger, Address payer, @Uint(40) long deadline) {}

  private record ChallengeDebit(
      BatchHeader header,
      List<Debit> debits,
      @Uint(64) List<BigInteger> previous,
      BigInteger index) {}

  private record ChallengeRequest(
      BatchHeader header, List<RequestPayment> requests, BigInteger index) {}

  private record AnswerDebit(BatchHeader header, BigInteger index, Part part) {}

  private record Cancel(
      BatchHeader header,
      Subject subject,
      BigInteger index,
      List<Debit> debits,
      List<RequestPayment> requests,
      List<Credit> credits) {}

  private record AnswerRequest(
      BatchHeader header,
      BigInteger index,
      int lane,
      Receipt receipt,
      Signature signature,
      ReceiptTree.Proof proof) {}

  private static final Event<Question, Details> CHALLENGED =
      Event.of("Challenged", Question.class, Details.class);

  public Court(ChainReader chain, Addresses addresses) {
    super(chain, new Settlement(chain, addresses).court());
  }

  public Terms terms() {
    return struct(Terms.class, TypedData.encodeCall("terms"));
  }

  /** What a challenge costs whoever is wrong. */
  public Amount bond() {
    return terms().bond();
  }

  /** What was asked in a block range, both ends included, in order, open or not. */
  public List<Question> questions(long from, long to) {
    return CHALLENGED.in(chain(), address(), from, to).stream()
        .map(Event.Emitted::indexed)
        .toList();
  }

  public Challenge challenge(Question question) {
    return struct(Challenge.class, TypedData.encodeCall("challengeOf", question));
  }

  /**
   * Asks what a batch took from a lane. The sender has approved the bond for {@link #address()}.
   *
   * @throws io.teex.protocol.TeexException {@code USAGE} if the batch has no such debit; {@code
   *     CHAIN_REJECTED} with the contract's reason
   */
  public Question challenge(
      TransactionSender sender, Settlement.Opened opened, Address payer, int lane) {
    SignedBatch batch = opened.batch();
    int index = 0;
    while (index < batch.debits().size()
        && !(batch.debits().get(index).payer().equals(payer)
            && batch.debits().get(index).lane() == lane)) {
      index++;
    }
    BatchHeader header = batch.header().value();
    if (index == batch.debits().size()) {
      throw new TeexException(
          ErrorCode.USAGE,
          "batch %d took nothing from lane %d of %s".formatted(header.number(), lane, payer));
    }
    BigInteger place = BigInteger.valueOf(index);
    Mined mined =
        send(
            sender,
            "challenging batch " + header.number(),
            TypedData.encodeCall(
                "challengeDebit",
                new ChallengeDebit(
                    header,
                    batch.debits(),
                    opened.previous().stream().map(BigInteger::valueOf).toList(),
                    place)));
    return CHALLENGED.only(mined, address()).indexed();
  }

  /**
   * Asks what a batch paid itself for an on-chain request.
   *
   * @throws io.teex.protocol.TeexException as above
   */
  public Question challenge(TransactionSender sender, Settlement.Opened opened, TaskId request) {
    BatchHeader header = opened.batch().header().value();
    List<RequestPayment> requests = opened.batch().requests();
    List<TaskId> tasks = requests.stream().map(RequestPayment::taskId).toList();
    if (!tasks.contains(request)) {
      throw new TeexException(
          ErrorCode.USAGE,
          "batch %d did not settle request %s".formatted(header.number(), request));
    }
    BigInteger place = BigInteger.valueOf(tasks.indexOf(request));
    Mined mined =
        send(
            sender,
            "challenging batch " + header.number(),
            TypedData.encodeCall(
                "challengeRequest", new ChallengeRequest(header, requests, place)));
    return CHALLENGED.only(mined, address()).indexed();
  }

  /** Shows what a challenged debit is for, or a part of it. */
  public Mined answer(TransactionSender sender, BatchHeader header, Question question, Part part) {
    return send(
        sender,
        "answering a challenge of batch " + header.number(),
        answerCall(header, question, part));
  }

  /** How large the call is that shows a part: nodes pass on no transaction above 128 KiB. */
  public static int answerBytes(BatchHeader header, Question question, Part part) {
    return answerCall(header, question, part).size();
  }

  private static Bytes answerCall(BatchHeader header, Question question, Part part) {
    return TypedData.encodeCall("answerDebit", new AnswerDebit(header, question.index(), part));
  }

  /** Shows the receipt of a challenged request. */
  public Mined answer(
      TransactionSender sender,
      BatchHeader header,
      Question question,
      int lane,
      Signed<Receipt> receipt,
      ReceiptTree.Proof proof) {
    return send(
        sender,
        "answering a challenge of batch " + header.number(),
        TypedData.encodeCall(
            "answerRequest",
            new AnswerRequest(
                header, question.index(), lane, receipt.value(), receipt.signature(), proof)));
  }

  /**
   * Cancels a batch with a challenge that nobody answered in time: its payers get their money back,
   * the challenger her bond and a reward, which she collects. Anybody may send it.
   */
  public Mined cancel(TransactionSender sender, Question question, SignedBatch batch) {
    BatchHeader header = batch.header().value();
    return send(
        sender,
        "cancelling batch " + header.number(),
        TypedData.encodeCall(
            "cancel",
            new Cancel(
                header,
                question.subject(),
                question.index(),
                batch.debits(),
                batch.requests(),
                batch.credits())));
  }
}
