package io.teex.acceptance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Duration;

/** The invariants of ARCHITECTURE.md that a tool can see, each under its own name. */
@AnalyzeClasses(packages = "io.teex", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule arrowsPointDownward =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("protocol")
          .definedBy("io.teex.protocol..")
          .layer("attestation")
          .definedBy("io.teex.attestation..")
          .layer("rpc")
          .definedBy("io.teex.rpc..")
          .layer("chain")
          .definedBy("io.teex.chain..")
          .layer("blobs")
          .definedBy("io.teex.blobs..")
          .layer("teeds")
          .definedBy("io.teex.teeds..")
          .layer("executor")
          .definedBy("io.teex.executor..")
          .layer("manager")
          .definedBy("io.teex.manager..")
          .layer("dispatcher")
          .definedBy("io.teex.dispatcher..")
          .layer("worker")
          .definedBy("io.teex.worker..")
          .layer("sdk")
          .definedBy("io.teex.sdk..")
          .layer("market")
          .definedBy("io.teex.market..")
          .layer("bench")
          .definedBy("io.teex.bench..")
          .layer("cli")
          .definedBy("io.teex.cli..")
          .whereLayer("protocol")
          .mayNotAccessAnyLayer()
          .whereLayer("attestation")
          .mayOnlyAccessLayers("protocol")
          .whereLayer("rpc")
          .mayOnlyAccessLayers("protocol", "attestation")
          .whereLayer("chain")
          .mayOnlyAccessLayers("protocol")
          .whereLayer("blobs")
          .mayOnlyAccessLayers("protocol")
          .whereLayer("teeds")
          .mayOnlyAccessLayers("protocol", "attestation", "rpc", "chain")
          .whereLayer("executor")
          .mayOnlyAccessLayers("protocol")
          .whereLayer("manager")
          .mayOnlyAccessLayers(
              "protocol", "attestation", "rpc", "chain", "blobs", "teeds", "executor")
          .whereLayer("dispatcher")
          .mayOnlyAccessLayers("protocol", "attestation", "rpc", "chain", "teeds")
          .whereLayer("worker")
          .mayOnlyAccessLayers("protocol", "attestation", "rpc", "chain", "blobs", "executor")
          .whereLayer("sdk")
          .mayOnlyAccessLayers("protocol", "attestation", "rpc", "chain", "blobs")
          .whereLayer("market")
          .mayOnlyAccessLayers("protocol", "attestation", "rpc", "chain", "blobs", "sdk")
          .whereLayer("bench")
          .mayOnlyAccessLayers("protocol", "attestation", "chain", "executor", "sdk", "market")
          .whereLayer("cli")
          .mayOnlyAccessLayers(
              "protocol",
              "attestation",
              "rpc",
              "chain",
              "blobs",
              "executor",
              "sdk",
              "market",
              "bench");

  @ArchTest
  static final ArchRule protocolDoesNoInputOrOutput =
      noClasses()
          .that()
          .resideInAPackage("io.teex.protocol..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..", "io.grpc..");

  @ArchTest
  static final ArchRule whatServicesLogIsShownToTheirAuthorAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.teex.executor..", "io.teex.cli..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.teex.executor.GuestLog");

  @ArchTest
  static final ArchRule attestationKnowsNoRpc =
      noClasses()
          .that()
          .resideInAPackage("io.teex.attestation..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "io.netty..");

  @ArchTest
  static final ArchRule attestationAsksTheNetworkForCollateralAlone =
      noClasses()
          .that()
          .resideInAPackage("io.teex.attestation..")
          .and()
          .resideOutsideOfPackage("io.teex.attestation.collateral")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.net..");

  /** Whether evidence is good never depends on who answers a request. */
  @ArchTest
  static final ArchRule theVerifierReadsNoNetwork =
      noClasses()
          .that()
          .resideInAPackage("io.teex.attestation..")
          .and()
          .resideOutsideOfPackages("io.teex.attestation.collateral", "io.teex.attestation.source")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.teex.attestation.collateral");

  @ArchTest
  static final ArchRule theManagerInstrumentsNothingAndStartsNoExecutor =
      noClasses()
          .that()
          .resideInAPackage("io.teex.manager..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.teex.executor");

  /** Native code is reached through one class, by a dispatcher that is told to, and benchmarks. */
  @ArchTest
  static final ArchRule blobsAreProvenWhereTheyArePosted =
      noClasses()
          .that()
          .doNotHaveSimpleName("NativeKzg")
          .and()
          .haveNameNotMatching("io\\.teex\\.dispatcher\\.Posting(\\$.*)?")
          .and()
          .resideOutsideOfPackage("io.teex.bench..")
          .should()
          .dependOnClassesThat()
          .haveSimpleName("NativeKzg")
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("ethereum.ckzg4844..");

  @ArchTest
  static final ArchRule fakesAreForTestsOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.teex..testing..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.teex..testing..");

  /** Those who ask somebody else again pause before; everybody else waits for a state. */
  @ArchTest
  static final ArchRule onlyRetriesPause =
      noClasses()
          .that()
          .doNotHaveSimpleName("Memberships")
          .and()
          .doNotHaveSimpleName("StoreClient")
          .and()
          .doNotHaveSimpleName("Persistence")
          .and()
          .doNotHaveSimpleName("Pause")
          .and()
          .doNotHaveSimpleName("UntilOperated")
          .and()
          .doNotHaveSimpleName("AuditCommand")
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", Duration.class);

  @ArchTest
  static final ArchRule webLibrariesOfOthersStayOutOfTheTrustedBase =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.teex.market..", "io.teex.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.web3j..", "io.vertx..", "picocli..", "me.tongfei..");

  /** ArchUnit passes on an empty import: this shows that the rules saw every module. */
  @ArchTest
  static void everyModuleIsLookedAt(JavaClasses classes) {
    for (String module :
        new String[] {
          "protocol",
          "attestation",
          "rpc",
          "chain",
          "blobs",
          "teeds",
          "executor",
          "manager",
          "dispatcher",
          "worker",
          "sdk",
          "market",
          "bench",
          "cli"
        }) {
      if (classes.stream().noneMatch(c -> c.getPackageName().startsWith("io.teex." + module))) {
        throw new AssertionError("no class of " + module + " was looked at");
      }
    }
  }
}
