package io.teex.attestation.intel;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.fuzz.Mutators;
import io.teex.attestation.fuzz.Target;
import io.teex.attestation.testing.Unsigned;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/** Everything that reads Intel's quotes and collateral. */
public final class IntelTargets {
  /** Quotes of a platform of our own, and everything that goes with them. */
  private record Owned(
      FakePlatform platform, IntelAppraiser appraiser, Bytes quote, Collateral collateral) {
    static Owned of(TeeKind kind, int version) {
      FakePlatform platform = new FakePlatform(kind, version);
      return new Owned(
          platform,
          new IntelAppraiser(kind, platform.pinned),
          platform.quote(),
          platform.collateral());
    }

    String name() {
      return "own %s %d".formatted(platform.kind, platform.version);
    }

    void appraise(byte[] quote, Collateral documents) {
      // The appraiser itself: a verifier around it would turn exceptions into refusals.
      appraiser.appraise(Bytes.of(quote), documents, platform.time, Policy.strict(), new Checks());
    }
  }

  /** Genuine evidence and what it is judged by. */
  private record Genuine(IntelAppraiser appraiser, Collateral collateral, TimeInterval time) {}

  private final Map<String, Owned> owned = new HashMap<>();
  private final Map<String, Genuine> genuine = new HashMap<>();
  private final List<VectorCase> vectors = new ArrayList<>();

  private IntelTargets() {
    for (Owned one :
        List.of(Owned.of(TeeKind.SGX, 3), Owned.of(TeeKind.TDX, 4), Owned.of(TeeKind.TDX, 5))) {
      owned.put(one.name(), one);
    }
    if (VectorCase.isPresent()) {
      IntelAppraiser sgx = new IntelAppraiser(TeeKind.SGX);
      IntelAppraiser tdx = new IntelAppraiser(TeeKind.TDX);
      for (VectorCase vector : IntelVectors.all()) {
        if (vector.has("collateral.json")) {
          vectors.add(vector);
          genuine.put(
              vector.toString(),
              new Genuine(
                  IntelVectors.kind(vector) == TeeKind.SGX ? sgx : tdx,
                  IntelVectors.collateral(vector),
                  TimeInterval.at(IntelVectors.time(vector))));
        }
      }
    }
  }

  public static List<Target> all() {
    return new IntelTargets().targets();
  }

  private List<Target> targets() {
    return List.of(
        new Target("quote", 50, quotes(), List.of(Mutators.quoteSections()), this::quote),
        new Target("quote-signed", 10, ownQuotes(), List.of(), this::signedQuote),
        new Target(
            "pck-extension", 20, pckExtensions(), List.of(Mutators.der()), this::pckExtension),
        document("tcb-info", 60, CollateralName.TCB_INFO, TcbInfo::parse),
        document("qe-identity", 100, CollateralName.QE_IDENTITY, QeIdentity::parse),
        new Target(
            "collateral-signed", 4, ownDocuments(), List.of(Mutators.json()), this::signedDocument),
        new Target("crl", 60, crls(), List.of(Mutators.der()), this::crl),
        new Target("issuer-chain", 20, chains(), List.of(Mutators.pem()), this::chain));
  }

  private List<Target.Seed> quotes() {
    return Stream.concat(
            vectors.stream()
                .map(vector -> new Target.Seed(vector.toString(), vector.file("quote.bin"))),
            ownQuotes().stream())
        .toList();
  }

  private List<Target.Seed> ownQuotes() {
    return seeds(Owned::quote);
  }

  private List<Target.Seed> seeds(Function<Owned, Bytes> part) {
    return owned.values().stream()
        .map(one -> new Target.Seed(one.name(), part.apply(one)))
        .toList();
  }

  private Owned owner(Target.Seed seed) {
    return Objects.requireNonNull(owned.get(seed.name().split(":", 2)[0]));
  }

  private void quote(Target.Seed seed, byte[] input) {
    Genuine real = genuine.get(seed.name());
    if (real == null) {
      owner(seed).appraise(input, owner(seed).collateral());
    } else {
      real.appraiser()
          .appraise(Bytes.of(input), real.collateral(), real.time(), Policy.strict(), new Checks());
    }
  }

  private void signedQuote(Target.Seed seed, byte[] input) {
    Owned owner = owner(seed);
    owner.appraise(owner.platform().signedAnew(input), owner.collateral());
  }

  private List<Target.Seed> pckExtensions() {
    List<Target.Seed> seeds = new ArrayList<>();
    FakePlatform platform = new FakePlatform(TeeKind.TDX, 4);
    platform.pckExtension =
        der -> {
          seeds.add(new Target.Seed("own extension", Bytes.of(der)));
          return der;
        };
    platform.quote();
    return seeds;
  }

  /** In a certificate that nobody signed: reading it does not ask who did. */
  private void pckExtension(Target.Seed seed, byte[] input) {
    try {
      PckExtension.of(Unsigned.certificate(Map.of(PckExtension.OID, input)));
    } catch (Refused e) {
      // As it should be.
    }
  }

  /** Whatever the signature says: who reads a document that nobody signed has lost already. */
  private Target document(String name, int share, String document, SignedParser parser) {
    List<Target.Seed> seeds =
        Stream.concat(
                genuine.entrySet().stream()
                    .map(one -> seed(one.getKey(), one.getValue().collateral(), document)),
                owned.values().stream().map(one -> seed(one.name(), one.collateral(), document)))
            .toList();
    return new Target(
        name,
        share,
        seeds,
        List.of(Mutators.json()),
        (seed, input) -> {
          try {
            parser.parse(Bytes.of(input));
          } catch (Refused | TeexException e) {
            // As it should be.
          }
        });
  }

  private interface SignedParser {
    Object parse(Bytes text) throws Refused;
  }

  private static Target.Seed seed(String name, Collateral collateral, String document) {
    return new Target.Seed(name, collateral.find(document).orElseThrow());
  }

  private List<Target.Seed> ownDocuments() {
    return owned.values().stream()
        .flatMap(one ->
            Stream.of(CollateralName.TCB_INFO, CollateralName.QE_IDENTITY)
                .map(name -> seed(one.name() + ":" + name, one.collateral(), name)))
        .toList();
  }

  private void signedDocument(Target.Seed seed, byte[] input) {
    if (input.length > Collateral.DOCUMENT_SIZE_MAX) {
      return;
    }
    Owned owner = owner(seed);
    String name = seed.name().split(":", 2)[1];
    Map<String, Bytes> documents = new HashMap<>(owner.collateral().documents());
    documents.put(name, Bytes.of(input));
    documents.put(
        name + "-signature",
        Bytes.of(FakeAuthority.sign(owner.platform().signer.key().getPrivate(), input)));
    owner.appraise(owner.quote().copy(), new Collateral(documents));
  }

  private List<Target.Seed> crls() {
    List<Target.Seed> seeds = new ArrayList<>(seeds(one -> find(one, CollateralName.PCK_CRL)));
    genuine.forEach((name, one) -> {
      seeds.add(seed(name, one.collateral(), CollateralName.PCK_CRL));
      seeds.add(seed(name, one.collateral(), CollateralName.ROOT_CA_CRL));
    });
    return seeds;
  }

  private static Bytes find(Owned one, String name) {
    return one.collateral().find(name).orElseThrow();
  }

  private void crl(Target.Seed seed, byte[] input) {
    try {
      Crl.verify(Bytes.of(input), IntelRoot.KEY, "CRL");
    } catch (Refused e) {
      // As it should be.
    }
  }

  private List<Target.Seed> chains() {
    return Stream.concat(
            seeds(one -> find(one, CollateralName.TCB_INFO_ISSUER_CHAIN)).stream(),
            genuine.entrySet().stream()
                .map(one ->
                    seed(
                        one.getKey(),
                        one.getValue().collateral(),
                        CollateralName.TCB_INFO_ISSUER_CHAIN)))
        .toList();
  }

  private void chain(Target.Seed seed, byte[] input) {
    try {
      SignedDocument.verify(
          Bytes.of(input),
          Bytes.of(new byte[8]),
          Bytes.of(new byte[64]),
          IntelRoot.KEY,
          TcbInfo::parse);
    } catch (Refused e) {
      // As it should be.
    }
  }
}
