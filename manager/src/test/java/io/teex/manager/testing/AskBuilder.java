package io.teex.manager.testing;

import io.teex.manager.release.Ask;
import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeeKind;
import org.jspecify.annotations.Nullable;

/** What a worker asks with, right in everything that a test does not change. */
public final class AskBuilder {
  private final Domain domain;
  private final Order order;
  private SigningKey orderSigner;
  private @Nullable Signed<Session> session;
  private Node dispatcher;
  private Node worker;
  private Node caller;
  private SigningKey leaseSigner;
  private TaskId leasedTask;
  private Address leasedWorker;
  private TeeKind callerKind = TeeKind.SIMULATED;
  private int attempt = 1;
  private long leaseExpiry;
  private long fencingToken = 1;

  /** An enrolled node. */
  public record Node(SigningKey signer, Signed<NodeCertificate> certificate) {
    public Address address() {
      return signer.address();
    }
  }

  AskBuilder(
      Domain domain,
      Order order,
      SigningKey orderSigner,
      Node dispatcher,
      Node worker,
      long leaseExpiry) {
    this.domain = domain;
    this.order = order;
    this.orderSigner = orderSigner;
    this.dispatcher = dispatcher;
    this.leaseSigner = dispatcher.signer();
    this.worker = worker;
    this.caller = worker;
    this.leasedWorker = worker.address();
    this.leasedTask = order.id(domain);
    this.leaseExpiry = leaseExpiry;
  }

  public AskBuilder orderSignedBy(SigningKey value) {
    orderSigner = value;
    return this;
  }

  public AskBuilder session(Signed<Session> value) {
    session = value;
    return this;
  }

  /** The dispatcher that leases and signs. */
  public AskBuilder leasedBy(Node value) {
    dispatcher = value;
    leaseSigner = value.signer();
    return this;
  }

  public AskBuilder leaseSignedBy(SigningKey value) {
    leaseSigner = value;
    return this;
  }

  /** The worker that is leased, and calls. */
  public AskBuilder worker(Node value) {
    worker = value;
    caller = value;
    leasedWorker = value.address();
    return this;
  }

  /** Another worker than the leased one calls, with its own certificate. */
  public AskBuilder calledBy(Node value) {
    worker = value;
    caller = value;
    return this;
  }

  /** Somebody calls with the leased worker's certificate. */
  public AskBuilder calledFrom(Node value) {
    caller = value;
    return this;
  }

  public AskBuilder callerKind(TeeKind value) {
    callerKind = value;
    return this;
  }

  public AskBuilder leasedTask(TaskId value) {
    leasedTask = value;
    return this;
  }

  public AskBuilder attempt(int value) {
    attempt = value;
    fencingToken = value;
    return this;
  }

  public AskBuilder fencingToken(long value) {
    fencingToken = value;
    return this;
  }

  public AskBuilder leaseExpiry(long value) {
    leaseExpiry = value;
    return this;
  }

  public Ask build() {
    Lease lease =
        new Lease(
            leasedTask, attempt, leasedWorker, dispatcher.address(), leaseExpiry, fencingToken);
    return new Ask(
        orderSigner.sign(domain, order),
        session,
        leaseSigner.sign(domain, lease),
        dispatcher.certificate(),
        worker.certificate(),
        new Ask.Caller(caller.certificate().value().tlsKeyHash(), callerKind));
  }
}
