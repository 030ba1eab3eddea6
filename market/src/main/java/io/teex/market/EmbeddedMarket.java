package io.teex.market;

import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainEndpoints;
import io.teex.chain.Demands;
import io.teex.chain.Deployment;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Stakes;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.market.audit.Party;
import io.teex.market.wiretap.WiretapMain;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.Endpoint;
import io.teex.rpc.node.NodeFile;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.DispatcherStatusRequest;
import io.teex.rpc.proto.DispatcherStatusResponse;
import io.teex.sdk.MarketFile;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A whole market on one machine, each role an operating-system process of its own: chain, blob
 * store, Service Manager, TEE-DS node, dispatcher, workers with their executors; and, if wished, a
 * recording network between them all. Its TEEs are SIMULATED and its chain is UNVERIFIED.
 *
 * <p>It continues what it finds in its directory. Closing it stops every process; a detached one
 * can also be left running and stopped later by {@link #stop}.
 */
public final class EmbeddedMarket implements AutoCloseable {
  private static final Duration WITHDRAW_DELAY = Duration.ofHours(2);

  /** The embedded chain makes a block when somebody sends something, and none in between. */
  private static final Duration CHAIN_AGE_MAX = Duration.ofDays(3_650);

  private static final BigInteger ETHER = BigInteger.TEN.pow(18);
  private static final String CHAIN = "chain";
  private static final String BLOBS = "blobs";
  private static final String MANAGER = "manager";
  private static final String STORE = "teeds";
  private static final String DISPATCHER = "dispatcher";
  private static final String NETWORK = "network";
  private static final String TRAFFIC = "traffic";
  private static final String MARKET_FILE = "market.json";
  private static final String PORTS_FILE = "ports.json";
  private static final String PROCESSES_FILE = "processes.json";
  private static final String HOST = "127.0.0.1";
  private static final long MANAGER_EPOCH = 1;

  /** Covers all that the users of a demonstration have. */
  private static final Amount DISPATCHER_STAKE = Amount.parse("1000000000000000");

  /** What a worker loses that signs two receipts for one attempt. */
  private static final Amount WORKER_STAKE = Amount.parse("1000000");

  private static final Amount USER_MONEY = Amount.parse("1000000000000");
  private static final Duration READY_MAX = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Installation installation;
  private final MarketOptions options;
  private final Progress progress;
  private final Ports ports;
  private final SimulatedMachines machines;
  private final Map<String, RoleProcess> processes = new LinkedHashMap<>();
  private final Map<String, RoleSpec> specs = new LinkedHashMap<>();
  private boolean closed;

  private EmbeddedMarket(
      Installation installation, MarketOptions options, Progress progress, Ports ports) {
    this.installation = installation;
    this.options = options;
    this.progress = progress;
    this.ports = ports;
    this.machines =
        new SimulatedMachines(installation, options.directory(), nodes(), options.osSandbox());
  }

  /**
   * Starts all processes and returns when the dispatcher takes orders. When that fails, or this JVM
   * is told to end meanwhile, whatever was started is stopped.
   *
   * @throws TeexException {@code USAGE} if the directory cannot hold a market, {@code PORT_IN_USE},
   *     {@code DEPENDENCY_MISSING}, {@code SANDBOX_MISSING}, or what else keeps a role from serving
   */
  public static EmbeddedMarket start(
      Installation installation, MarketOptions options, Progress progress) {
    try {
      Files.createDirectories(options.directory());
      Ports ports = Ports.open(options.directory().resolve(PORTS_FILE));
      if (options.chainPort() != 0) {
        ports.wish(CHAIN, options.chainPort());
      }
      EmbeddedMarket market = new EmbeddedMarket(installation, options, progress, ports);
      market.startOrClose();
      return market;
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "no market can be kept in %s (%s): choose a directory that this user may write to"
              .formatted(options.directory(), e),
          e);
    }
  }

  private void startOrClose() throws IOException {
    Thread interrupted = new Thread(this::close, "stop-market");
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      startAll();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    } finally {
      forget(interrupted);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook runs or has run.
    }
  }

  private void startAll() throws IOException {
    progress.step("starting the chain, an embedded anvil: UNVERIFIED CHAIN");
    if (options.wiretapped()) {
      startNetwork();
    }
    startChain();
    startProcess(blobs());
    try (ChainClient chain = ChainClient.connect(chainRpc())) {
      TransactionSender governance = new TransactionSender(chain, Account.GOVERNANCE.key());
      Addresses addresses = deployed(governance);
      Map<Role, Measurement> measurements = machines.preparePolicy();
      progress.step("starting the Service Manager, in a SIMULATED TEE");
      startProcess(manager());
      Address manager = address(MANAGER);
      Governance votes =
          new Governance(new EnclaveRegistry(chain, addresses), governance, addresses.domain());
      govern(votes, manager, measurements);
      progress.step("starting TEE-DS, the dispatcher and " + options.workers() + " workers");
      startNodes();
      for (String name : List.of(STORE, DISPATCHER)) {
        votes.operate(introduced(name), Account.DISPATCHER_OPERATOR);
      }
      Address dispatcher = address(DISPATCHER);
      fund(chain, governance, addresses, dispatcher);
      nodes().forEach(node -> process(node).awaitReady());
      for (int i = 1; i <= options.workers(); i++) {
        bondWorker(chain, addresses, i);
      }
      writeMarketFile(addresses, dispatcher);
      awaitOrders();
    }
  }

  private void startNetwork() throws IOException {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("recordings", path(TRAFFIC).toString());
    List<String> names = new ArrayList<>(List.of(CHAIN, BLOBS));
    names.addAll(nodes());
    nodes().stream()
        .filter(name -> !name.equals(STORE))
        .map(EmbeddedMarket::http)
        .forEach(names::add);
    for (String name : names) {
      config.put("tap." + name, ports.of(tap(name)) + ":" + ports.of(name));
    }
    startProcess(
        new RoleSpec(
            NETWORK,
            WiretapMain.class.getName(),
            installation.classPath("market"),
            Roles.jvmOptions("-Xmx64m"),
            config));
    process(NETWORK).awaitReady();
  }

  private void startChain() throws IOException {
    Path directory = path(CHAIN);
    Files.createDirectories(directory);
    List<String> command =
        Anvil.command(
            Anvil.binary(installation.nodeModules()),
            ports.of(CHAIN),
            Optional.of(directory.resolve("state.json")));
    add(CHAIN, () -> RoleProcess.startForeign(CHAIN, command, directory, options.detached()));
    Anvil.awaitServing(chainRpc(), process(CHAIN).process());
  }

  private void startProcess(RoleSpec spec) throws IOException {
    specs.put(spec.name(), spec);
    add(spec.name(), () -> RoleProcess.start(spec, path(spec.name()), options.detached()));
  }

  /**
   * Starts a process unless the market is being stopped. From the first one on the file knows them,
   * so that a launcher that is killed leaves nothing unknown behind.
   */
  private synchronized void add(String name, Supplier<RoleProcess> start) throws IOException {
    if (closed) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "%s is not started: the market is being stopped".formatted(name));
    }
    processes.put(name, start.get());
    RunningProcesses.write(options.directory().resolve(PROCESSES_FILE), processes.values());
  }

  private Addresses deployed(TransactionSender governance) {
    Path file = addressesFile();
    if (Files.exists(file)) {
      return Addresses.read(file);
    }
    progress.step("deploying the contracts");
    Addresses addresses =
        Deployment.deploy(governance, Deployment.Terms.development(WITHDRAW_DELAY));
    addresses.write(file);
    return addresses;
  }

  /**
   * What governance of a real market would vote on, and the manager's operator would sign: all of
   * it before anybody enrols. Stores and dispatchers enrol while they start, and wait there for
   * their operator.
   */
  private void govern(Governance votes, Address manager, Map<Role, Measurement> measurements) {
    votes.list(manager, MANAGER_EPOCH);
    measurements.forEach(votes::accept);
    votes.ask(WORKER_STAKE);
    for (String name : List.of(MANAGER, STORE, DISPATCHER)) {
      SimulatedPlatform machine = machines.open(name);
      votes.give(NodeOperation.platform(machine.id()), Account.DISPATCHER_OPERATOR);
    }
    votes.operate(NodeFile.read(data(MANAGER)), Account.DISPATCHER_OPERATOR);
  }

  /** What a node that has just been started says of itself, as its operator reads it. */
  private NodeFile introduced(String name) {
    process(name).awaitFile(data(name).resolve(NodeFile.NAME));
    return NodeFile.read(data(name));
  }

  private void startNodes() throws IOException {
    startProcess(store());
    startProcess(dispatcher());
    for (int i = 1; i <= options.workers(); i++) {
      startProcess(workerSpec(i));
    }
  }

  private RoleSpec blobs() throws IOException {
    return new RoleSpec(
        BLOBS,
        "io.teex.blobs.BlobStoreMain",
        installation.classPath("blobs"),
        Roles.jvmOptions("-Xmx128m"),
        Map.of("listen", "127.0.0.1:" + ports.of(BLOBS), "data", data(BLOBS).toString()));
  }

  private RoleSpec manager() throws IOException {
    Map<String, String> config = common(MANAGER);
    config.put("store", endpoint(STORE));
    config.put("blobs", blobsUri().toString());
    config.put("chain.age-max", CHAIN_AGE_MAX.toString());
    config.put("attestation.http", HOST + ":" + ports.of(http(MANAGER)));
    return Roles.MANAGER.spec(installation, MANAGER, config);
  }

  private RoleSpec store() throws IOException {
    Map<String, String> config = node(STORE);
    return Roles.STORE.spec(installation, STORE, config);
  }

  private RoleSpec dispatcher() throws IOException {
    Map<String, String> config = node(DISPATCHER);
    config.put("store", endpoint(STORE));
    config.put("payout", Account.DISPATCHER_OPERATOR.address().toString());
    config.put("attestation.http", HOST + ":" + ports.of(http(DISPATCHER)));
    config.put("batch.tasks-max", Integer.toString(options.batchTasks()));
    config.put("batch.wait", options.batchWait().toString());
    config.put("receipts", options.receipts().name().toLowerCase(Locale.ROOT));
    // Whoever runs a market of her own pays the gas herself and wants to see the money move.
    config.put("settle.on-demand", "true");
    return Roles.DISPATCHER.spec(installation, DISPATCHER, config);
  }

  private RoleSpec workerSpec(int number) throws IOException {
    Map<String, String> config = node(worker(number));
    config.put("blobs", blobsUri().toString());
    config.put("dispatcher", endpoint(DISPATCHER));
    config.put("attestation.http", HOST + ":" + ports.of(http(worker(number))));
    config.put("attestation.url", url(worker(number)));
    Account owner = Account.workerOwner(number);
    config.put("payout", owner.address().toString());
    config.put("demand", "true");
    config.put("demand.key-file", keyFile(owner).toString());
    if (!options.osSandbox()) {
      config.put("no-os-sandbox", "true");
    }
    machines.workerPrograms().forEach((key, program) -> config.put(key, program.toString()));
    return Roles.WORKER.spec(installation, worker(number), config);
  }

  /** The key of an account that everybody knows, as its owner would give it to her worker. */
  private Path keyFile(Account owner) throws IOException {
    Path file = path(owner.label() + ".key");
    try (SecretBytes secret = owner.key().secret()) {
      Files.writeString(file, HexFormat.of().formatHex(secret.expose()));
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private Map<String, String> node(String name) throws IOException {
    Map<String, String> config = common(name);
    config.put("manager", endpoint(MANAGER));
    config.put("manager.address", address(MANAGER).toString());
    return config;
  }

  private Map<String, String> common(String name) throws IOException {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("listen", "127.0.0.1:" + ports.of(name));
    config.put("advertise", endpoint(name));
    config.put("data", data(name).toString());
    config.put("platform", machines.directoryOf(name).toString());
    config.put("policy", machines.policyFile().toString());
    config.put("chain.rpc", "http://" + endpoint(CHAIN));
    config.put("chain.addresses", addressesFile().toString());
    return config;
  }

  /**
   * Ether for what a dispatcher sends, development money for the users; only where they lack it.
   */
  private void fund(
      ChainClient chain, TransactionSender governance, Addresses addresses, Address dispatcher) {
    if (chain.ether(dispatcher).compareTo(ETHER) < 0) {
      governance.transfer(dispatcher, ETHER.multiply(BigInteger.TEN));
    }
    Token token = new Token(chain, addresses);
    bondDispatcher(chain, governance, addresses, dispatcher);
    for (Account user : options.users()) {
      if (token.balanceOf(user.address()).isZero()) {
        token.mint(governance, user.address(), USER_MONEY);
      }
    }
  }

  /** A dispatcher settles within its stake only; its operator answers for it. */
  private static void bondDispatcher(
      ChainClient chain, TransactionSender governance, Addresses addresses, Address dispatcher) {
    if (new Stakes(chain, addresses).bonded(dispatcher).isZero()) {
      bond(chain, governance, addresses, Account.DISPATCHER_OPERATOR, dispatcher, DISPATCHER_STAKE);
    }
  }

  /**
   * A worker joins with its stake only. Its key is of its process alone, so its owner bonds anew
   * when it starts again; and she has a bond for demands, should the dispatcher not pay it.
   */
  private void bondWorker(ChainClient chain, Addresses addresses, int number) {
    TransactionSender governance = new TransactionSender(chain, Account.GOVERNANCE.key());
    Account owner = Account.workerOwner(number);
    bond(chain, governance, addresses, owner, address(worker(number)), WORKER_STAKE);
    Amount demand = new Demands(chain, addresses).terms().bond();
    Token token = new Token(chain, addresses);
    if (token.balanceOf(owner.address()).compareTo(demand) < 0) {
      token.mint(governance, owner.address(), demand);
    }
  }

  private static void bond(
      ChainClient chain,
      TransactionSender governance,
      Addresses addresses,
      Account staker,
      Address node,
      Amount amount) {
    Stakes stakes = new Stakes(chain, addresses);
    Token token = new Token(chain, addresses);
    TransactionSender sender = new TransactionSender(chain, staker.key());
    token.mint(governance, sender.address(), amount);
    token.approve(sender, stakes.address(), amount);
    stakes.bond(sender, node, amount);
  }

  private void writeMarketFile(Addresses addresses, Address dispatcher) throws IOException {
    MarketFile file =
        new MarketFile(
            ChainEndpoints.of(URI.create("http://" + endpoint(CHAIN))),
            addresses,
            endpoint(MANAGER),
            List.of(new MarketFile.DispatcherEntry(dispatcher, endpoint(DISPATCHER))),
            blobsUri(),
            machines.policyFile().toAbsolutePath(),
            Map.of(),
            Map.of(
                endpoint(MANAGER), url(MANAGER),
                endpoint(DISPATCHER), url(DISPATCHER)));
    Files.writeString(path(MARKET_FILE), file.toJson());
  }

  /** Waits until the dispatcher takes orders and has all its workers; it says so itself. */
  public void awaitOrders() {
    MarketFile file = marketFile();
    Policy policy = Policy.read(machines.policyFile());
    long giveUp = System.nanoTime() + READY_MAX.toNanos();
    try (AttestedChannel channel =
        AttestedChannel.to(
                Endpoint.parse(file.dispatchers().getFirst().endpoint()), Role.DISPATCHER, policy)
            .open()) {
      channel.connect(READY_MAX);
      while (true) {
        DispatcherStatusResponse status =
            channel.call(
                DispatcherGrpc.getStatusMethod(), DispatcherStatusRequest.getDefaultInstance());
        if (status.getActive() && status.getWorkers() >= options.workers()) {
          return;
        }
        if (System.nanoTime() > giveUp) {
          throw new TeexException(
              ErrorCode.UNAVAILABLE,
              "the dispatcher is %sactive and has %d of %d workers; see the logs in %s"
                  .formatted(
                      status.getActive() ? "" : "not ",
                      status.getWorkers(),
                      options.workers(),
                      directory()));
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  private Address address(String name) {
    return Address.fromHex(process(name).awaitReady().get("address").asString());
  }

  private static String worker(int number) {
    return "worker-" + number;
  }

  /** The other server of a node, for callers over HTTP. */
  private static String http(String name) {
    return name + "-http";
  }

  private static String tap(String name) {
    return name + "-tap";
  }

  private List<String> nodes() {
    List<String> names = new ArrayList<>(List.of(MANAGER, STORE, DISPATCHER));
    for (int i = 1; i <= options.workers(); i++) {
      names.add(worker(i));
    }
    return names;
  }

  /** Where others reach a server: through the recording network, if there is one. */
  private String endpoint(String name) throws IOException {
    return HOST + ":" + ports.of(options.wiretapped() ? tap(name) : name);
  }

  private String url(String name) throws IOException {
    return "http://" + endpoint(http(name));
  }

  private URI blobsUri() throws IOException {
    return URI.create("http://" + endpoint(BLOBS));
  }

  public Path directory() {
    return options.directory();
  }

  private Path path(String name) {
    return options.directory().resolve(name);
  }

  private Path data(String name) {
    return path(name).resolve("data");
  }

  private Path addressesFile() {
    return options.directory().resolve("chain.json");
  }

  /** What a client needs to know of this market. */
  public MarketFile marketFile() {
    return MarketFile.read(options.directory().resolve(MARKET_FILE));
  }

  /** The chain's own endpoint, not through the recording network. */
  public URI chainRpc() throws IOException {
    return Anvil.endpoint(ports.of(CHAIN));
  }

  /** A process of this market: {@code chain}, {@code manager}, {@code worker-1} and so on. */
  public synchronized RoleProcess process(String name) {
    RoleProcess process = processes.get(name);
    if (process == null) {
      throw new IllegalArgumentException(
          "no process '%s' in %s".formatted(name, processes.keySet()));
    }
    return process;
  }

  /** Ends a role as a power cut would. */
  public void kill(String name) {
    process(name).kill();
  }

  /** Starts a process again that was killed or ended, with what it left on its disk. */
  public void restart(String name) throws IOException {
    if (name.equals(CHAIN)) {
      process(name).close();
      startChain();
      return;
    }
    RoleSpec spec = specs.get(name);
    if (spec == null) {
      throw new IllegalArgumentException("%s is no role".formatted(name));
    }
    process(name).close();
    startProcess(spec);
    process(name).awaitReady();
    for (int i = 1; i <= options.workers(); i++) {
      if (name.equals(worker(i))) {
        try (ChainClient chain = ChainClient.connect(chainRpc())) {
          bondWorker(chain, Addresses.read(addressesFile()), i);
        }
      }
    }
  }

  /** The worker that signs as {@code address}. */
  public String workerName(Address address) {
    for (int i = 1; i <= options.workers(); i++) {
      if (address(worker(i)).equals(address)) {
        return worker(i);
      }
    }
    throw new IllegalArgumentException("no worker signs as " + address);
  }

  /**
   * Who is in this market, where each could have put what it saw, and what it may see.
   *
   * @param image kind of secret that the manager and workers may hold
   * @param data kind that workers may hold
   * @param inputOf prefix of the kind that only the worker named behind it may hold
   */
  public List<Party> parties(String image, String data, String inputOf) {
    Set<String> none = Set.of();
    List<Party> parties = new ArrayList<>();
    parties.add(new Party("host", List.of(directory()), List.of(), none));
    if (options.wiretapped()) {
      parties.add(new Party("wire", List.of(path(TRAFFIC)), List.of(), none));
    }
    for (String name : List.of(CHAIN, BLOBS, STORE, DISPATCHER)) {
      parties.add(party(name, none));
    }
    parties.add(party(MANAGER, Set.of(image)));
    for (int i = 1; i <= options.workers(); i++) {
      String name = worker(i);
      Set<String> task = Set.of(image, data, inputOf + name);
      parties.add(party(name, task));
      List<Long> executors = process(name).process().descendants().map(ProcessHandle::pid).toList();
      parties.add(new Party("executors of " + name, List.of(), executors, task));
    }
    return parties;
  }

  private Party party(String name, Set<String> allowed) {
    return new Party(name, List.of(path(name)), List.of(process(name).pid()), allowed);
  }

  /**
   * Stops every process, the chain last. They stay known: whoever waits for one finds that it
   * ended.
   */
  @Override
  public synchronized void close() {
    closed = true;
    List<RoleProcess> running = new ArrayList<>(processes.values());
    Collections.reverse(running);
    running.forEach(RoleProcess::close);
  }

  /**
   * Stops a detached market.
   *
   * @return how many processes ran
   */
  public static int stop(Path directory) {
    List<RunningProcesses.Entry> running = RunningProcesses.read(directory.resolve(PROCESSES_FILE));
    running.reversed().forEach(entry -> entry.find().ifPresent(RoleProcess::stop));
    return running.size();
  }

  /** Names of the processes of a detached market that run. */
  public static List<String> running(Path directory) {
    return RunningProcesses.read(directory.resolve(PROCESSES_FILE)).stream()
        .map(RunningProcesses.Entry::name)
        .toList();
  }
}
