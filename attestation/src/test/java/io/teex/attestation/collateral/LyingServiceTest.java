package io.teex.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Check;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.attestation.amd.AmdCollateral;
import io.teex.attestation.amd.EndorsementKey;
import io.teex.attestation.amd.Product;
import io.teex.attestation.amd.TestPlatform;
import io.teex.attestation.intel.ForgedDocuments;
import io.teex.attestation.testing.TestAuthority;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a service that lies can make a node believe: nothing. */
final class LyingServiceTest {
  /** Within the life of the genuine documents, which ends on 2026-07-30. */
  private static final Instant JULY_15 = Instant.parse("2026-07-15T08:00:00Z");

  private static final String CASE = "tdx/gcp-cos113-ccel-00806f050000";
  private static final Platform.Intel TDX =
      new Platform.Intel(TeeKind.TDX, Bytes.fromHex("00806f050000"), PckCa.PLATFORM);

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock(JULY_15);
  private @Nullable CollateralCache cache;
  private CollateralServer server;

  @BeforeEach
  void start() throws IOException {
    server = new CollateralServer();
  }

  @AfterEach
  void stop() {
    if (cache != null) {
      cache.close();
    }
    server.close();
  }

  private CollateralCache open(CollateralCheck check) {
    if (cache != null) {
      cache.close();
    }
    CollateralConfig config =
        CollateralConfig.from(
            Map.of(
                "intel", server.base().toString(),
                "amd", server.base().toString(),
                "directory", directory.toString()));
    CollateralCache opened =
        CollateralCache.open(config, check, clock, new Random(), new ManualTimer());
    cache = opened;
    return opened;
  }

  private CollateralCache open() {
    return open(new GenuineCheck());
  }

  private static Collateral genuine() {
    return CollateralFile.read(Vectors.path(CASE + "/collateral-2.json"));
  }

  private static Collateral forged() {
    return new ForgedDocuments(JULY_15.minus(Duration.ofHours(1))).all();
  }

  /** The genuine documents with some of other ones. */
  private static Collateral genuineWith(Collateral others, String... names) {
    Map<String, Bytes> documents = new HashMap<>(genuine().documents());
    for (String name : names) {
      documents.put(name, CollateralServer.get(others, name));
    }
    return new Collateral(documents);
  }

  private static Collateral edited(String name, String seen, String instead) {
    String text = CollateralServer.text(CollateralServer.get(genuine(), name));
    assertThat(text).contains(seen);
    Bytes edited = Bytes.of(text.replace(seen, instead).getBytes(StandardCharsets.UTF_8));
    return genuineWith(new Collateral(Map.of(name, edited)), name);
  }

  enum Lie {
    AN_UNSIGNED_STATUS("tdx-tcb-info-00806f050000", Reason.COLLATERAL_SIGNATURE_INVALID) {
      @Override
      Collateral told() {
        return edited(CollateralName.TCB_INFO, "OutOfDate", "UpToDate");
      }
    },
    TCB_INFO_THAT_ANOTHER_KEY_SIGNED(
        "tdx-tcb-info-00806f050000", Reason.COLLATERAL_SIGNATURE_INVALID) {
      @Override
      Collateral told() {
        return genuineWith(forged(), CollateralName.TCB_INFO, CollateralName.TCB_INFO_SIGNATURE);
      }
    },
    TCB_INFO_BELOW_A_LOOK_ALIKE_ROOT("tdx-tcb-info-00806f050000", Reason.UNTRUSTED_ROOT) {
      @Override
      Collateral told() {
        return genuineWith(
            forged(),
            CollateralName.TCB_INFO,
            CollateralName.TCB_INFO_SIGNATURE,
            CollateralName.TCB_INFO_ISSUER_CHAIN);
      }
    },
    A_SIGNATURE_OF_ANOTHER_DOCUMENT("tdx-qe-identity", Reason.COLLATERAL_SIGNATURE_INVALID) {
      @Override
      Collateral told() {
        Bytes other = CollateralServer.get(genuine(), CollateralName.TCB_INFO_SIGNATURE);
        return genuineWith(
            new Collateral(Map.of(CollateralName.QE_IDENTITY_SIGNATURE, other)),
            CollateralName.QE_IDENTITY_SIGNATURE);
      }
    },
    A_QE_IDENTITY_BELOW_A_LOOK_ALIKE_ROOT("tdx-qe-identity", Reason.UNTRUSTED_ROOT) {
      @Override
      Collateral told() {
        return genuineWith(
            forged(),
            CollateralName.QE_IDENTITY,
            CollateralName.QE_IDENTITY_SIGNATURE,
            CollateralName.QE_IDENTITY_ISSUER_CHAIN);
      }
    },
    A_PCK_CRL_BY_ANOTHER_KEY("pck-crl-platform", Reason.COLLATERAL_SIGNATURE_INVALID) {
      @Override
      Collateral told() {
        return genuineWith(forged(), CollateralName.PCK_CRL);
      }
    },
    A_PCK_CRL_BELOW_A_LOOK_ALIKE_ROOT("pck-crl-platform", Reason.UNTRUSTED_ROOT) {
      @Override
      Collateral told() {
        return genuineWith(forged(), CollateralName.PCK_CRL, CollateralName.PCK_CRL_ISSUER_CHAIN);
      }
    },
    A_ROOT_CRL_BY_ANOTHER_KEY("root-ca-crl", Reason.COLLATERAL_SIGNATURE_INVALID) {
      @Override
      Collateral told() {
        return genuineWith(forged(), CollateralName.ROOT_CA_CRL);
      }
    },
    AN_EXPIRED_DOCUMENT("tdx-tcb-info-00806f050000", Reason.COLLATERAL_EXPIRED) {
      @Override
      Collateral told() {
        return genuineWith(
            CollateralFile.read(Vectors.path(CASE + "/collateral.json")),
            CollateralName.TCB_INFO,
            CollateralName.TCB_INFO_SIGNATURE,
            CollateralName.TCB_INFO_ISSUER_CHAIN);
      }
    },
    AN_EXPIRED_REVOCATION_LIST("pck-crl-platform", Reason.CRL_EXPIRED) {
      @Override
      Collateral told() {
        return genuineWith(
            CollateralFile.read(Vectors.path(CASE + "/collateral.json")), CollateralName.PCK_CRL);
      }
    },
    ANOTHER_PLATFORMS_DOCUMENT("tdx-tcb-info-00806f050000", Reason.COLLATERAL_MISMATCH) {
      @Override
      Collateral told() {
        return genuineWith(
            CollateralFile.read(Vectors.path(Vectors.TDX + "/collateral-2.json")),
            CollateralName.TCB_INFO,
            CollateralName.TCB_INFO_SIGNATURE,
            CollateralName.TCB_INFO_ISSUER_CHAIN);
      }
    };

    private final String part;
    private final Reason reason;

    Lie(String part, Reason reason) {
      this.part = part;
      this.reason = reason;
    }

    abstract Collateral told();
  }

  @ParameterizedTest
  @EnumSource(Lie.class)
  void cannotReplaceAGoodDocument(Lie lie) {
    server.serve(TDX, genuine());
    CollateralCache cache = open();
    cache.supply(TDX);
    server.serve(TDX, lie.told());
    clock.set(JULY_15.plus(Duration.ofDays(1)));

    cache.supply(TDX);
    cache.awaitQuiet();

    Supply supply = cache.supply(TDX);
    assertThat(supply.complete()).isTrue();
    assertThat(supply.collateral()).isEqualTo(genuine());
    assertOnly(supply, lie);
    server.close();
    assertThat(open().supply(TDX).collateral()).as("what is in the archive").isEqualTo(genuine());
  }

  @ParameterizedTest
  @EnumSource(Lie.class)
  void isNotBelievedByWhoHasNothingElse(Lie lie) {
    server.serve(TDX, lie.told());

    Supply supply = open().supply(TDX);

    assertThat(supply.complete()).isFalse();
    assertOnly(supply, lie);
    TDX.parts().stream()
        .filter(part -> part.name().equals(lie.part))
        .flatMap(part -> part.documents().stream())
        .forEach(name -> assertThat(supply.collateral().find(name)).isEmpty());
  }

  private static void assertOnly(Supply supply, Lie lie) {
    assertThat(supply.failures())
        .extracting(Check.Failed::name, Check.Failed::reason)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(lie.part, lie.reason));
  }

  @Test
  void cannotTurnBackToAnOlderDocumentThatStillHolds() {
    Collateral older = collateral("tdx-v5/azure-v5-no-level-90c06f000000");
    Collateral newer = collateral("tdx-v5/go-tdx-guest-v5-90c06f000000");
    Platform.Intel platform =
        new Platform.Intel(TeeKind.TDX, Bytes.fromHex("90c06f000000"), PckCa.PLATFORM);
    clock.set(Instant.parse("2026-03-05T13:00:00Z"));
    server.serve(platform, newer);
    CollateralCache cache = open();
    cache.supply(platform);
    server.serve(platform, older);
    clock.set(Instant.parse("2026-03-06T13:00:00Z"));

    cache.supply(platform);
    cache.awaitQuiet();

    Supply supply = cache.supply(platform);
    assertThat(supply.collateral()).isEqualTo(newer);
    assertThat(supply.explanation()).contains("but there was already one of 2026-02-18T13:");
  }

  private static Collateral collateral(String vector) {
    return CollateralFile.read(Vectors.path(vector + "/collateral.json"));
  }

  @Test
  void aLieAboutOnePartHoldsBackNoOther() {
    server.serve(TDX, Lie.AN_UNSIGNED_STATUS.told());
    CollateralCache cache = open();
    cache.supply(TDX);
    server.forget();
    server.serve(TDX, genuine());
    clock.set(JULY_15.plus(Duration.ofMinutes(1)));

    assertThat(cache.supply(TDX)).isEqualTo(new Supply(genuine(), true, List.of()));
    assertThat(server.requests()).containsExactly(TDX.parts().getLast().path());
  }

  @Test
  void aRevocationHoldsThoughTheServiceKeepsWhatWasRevoked() {
    ForgedDocuments documents = new ForgedDocuments(JULY_15.minus(Duration.ofHours(1)));
    CollateralCheck believer = new GenuineCheck(documents.believer(), new AmdCollateral());
    Collateral before = documents.all();
    server.serve(TDX, before);
    CollateralCache cache = open(believer);
    assertThat(cache.supply(TDX).complete()).isTrue();
    clock.set(JULY_15.plus(Duration.ofDays(1)));
    Collateral after = documents.afterRevokingTheTcbSigner(JULY_15.plus(Duration.ofHours(23)));
    Bytes list = CollateralServer.get(after, CollateralName.ROOT_CA_CRL);
    Map<String, Bytes> told = new HashMap<>(before.documents());
    told.put(CollateralName.ROOT_CA_CRL, list);
    server.serve(TDX, new Collateral(told));

    cache.supply(TDX);
    cache.awaitQuiet();

    Supply supply = cache.supply(TDX);
    assertThat(supply.complete()).isFalse();
    assertThat(supply.collateral().find(CollateralName.ROOT_CA_CRL)).contains(list);
    assertThat(supply.collateral().find(CollateralName.TCB_INFO)).isEmpty();
    assertThat(supply.failures())
        .extracting(Check.Failed::reason)
        .containsExactly(Reason.CERTIFICATE_REVOKED);
    assertThat(open(believer).supply(TDX).collateral().find(CollateralName.TCB_INFO))
        .as("what the archive has of it")
        .isEmpty();
  }

  @Test
  void cannotEndorseAPlatformBelowALookAlikeOfAmdsRoot() {
    TestPlatform forger = TestPlatform.lookAlike(Product.MILAN);
    byte[] chip = new byte[64];
    Arrays.fill(chip, (byte) 0x77);
    Bytes tcb = Bytes.fromHex("c9ca00000000cfd0");
    Platform.Amd platform = new Platform.Amd(Product.MILAN, Bytes.of(chip), tcb);
    serveAmd(
        platform,
        forger.root.revocations(TestAuthority.START, TestAuthority.END),
        pem(forger.ask, forger.root),
        forger.vcek(extensions -> {}));

    Supply supply = open().supply(platform);

    assertThat(supply.collateral()).isEqualTo(Collateral.none());
    assertThat(supply.complete()).isFalse();
    assertThat(supply.failures())
        .extracting(Check.Failed::reason)
        .containsExactly(
            Reason.COLLATERAL_SIGNATURE_INVALID, Reason.UNTRUSTED_ROOT, Reason.VEK_CHAIN_INVALID);
  }

  @Test
  void cannotGiveAPlatformTheKeyOfAnother() throws IOException {
    Bytes report = Vectors.bytes("snp/turin-v5-aci/report.bin");
    Bytes chain = Bytes.of(Files.readAllBytes(Vectors.path("roots/amd-turin-vcek.pem")));
    Bytes genuine = Vectors.bytes("snp/turin-v5-aci/vek.der");
    byte[] chip = report.slice(0x1a0, 0x1e0).copy();
    chip[0] ^= 1;
    Bytes tcb = report.slice(0x180, 0x188);
    Platform.Amd other = new Platform.Amd(Product.TURIN, Bytes.of(chip), tcb);
    serveAmd(other, Bytes.of((byte) 0x30), chain, genuine);

    Supply supply = open().supply(other);

    assertThat(supply.complete()).isFalse();
    assertThat(supply.collateral().documents())
        .isEqualTo(Map.of(CollateralName.VEK_ISSUER_CHAIN, chain));
    assertThat(supply.failures())
        .extracting(Check.Failed::reason)
        .containsExactly(Reason.MALFORMED, Reason.CHIP_ID_MISMATCH);
  }

  private void serveAmd(Platform.Amd platform, Bytes crl, Bytes chain, Bytes vcek) {
    List<Bytes> documents = List.of(crl, chain, vcek);
    assertThat(platform.parts())
        .startsWith(
            new Part.VekCrl(platform.product(), EndorsementKey.VCEK),
            new Part.VekChain(platform.product(), EndorsementKey.VCEK));
    for (int i = 0; i < documents.size(); i++) {
      server.on(
          platform.parts().get(i),
          CollateralServer.body("application/octet-stream", documents.get(i)));
    }
  }

  private static Bytes pem(TestAuthority... authorities) {
    StringBuilder pem = new StringBuilder();
    for (TestAuthority authority : authorities) {
      pem.append(CollateralFile.pem(encoded(authority)));
    }
    return Bytes.of(pem.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] encoded(TestAuthority authority) {
    try {
      return authority.certificate().getEncoded();
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }
}
