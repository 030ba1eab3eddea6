package io.teex.dispatcher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses DISPATCHER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.teex.dispatcher");

  @Test
  void theDispatcherNeverSeesInputOutputOrCode() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.teex.blobs..", "io.teex.executor..", "io.teex.worker..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "io\\.teex\\.protocol\\.(Hpke|Sealed.*|DatasetKeys|SaltedContent|InputBinding|Commitment)")
        .check(DISPATCHER);
  }

  @Test
  void rulesAndLedgerTouchNoNetworkStoreOrClock() {
    noClasses()
        .that()
        .haveSimpleName("Lane")
        .or()
        .haveSimpleName("OrderRules")
        .or()
        .haveSimpleName("ReceiptRules")
        .or()
        .haveSimpleName("BatchPlan")
        .or()
        .haveSimpleName("Terms")
        .or()
        .haveSimpleNameStartingWith("Task")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.teex.rpc..", "io.teex.teeds..", "io.teex.chain..", "io.grpc..", "java.net..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.time\\.(Clock|InstantSource)|java\\.util\\.concurrent\\..*")
        .check(DISPATCHER);
  }

  @Test
  void onlyTheEdgesKnowTheNetwork() {
    noClasses()
        .that()
        .haveNameNotMatching(
            ".*\\.(DispatcherService|StatusDesk|Membership|WorkerLink|Wire)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "io.teex.rpc.proto..")
        .check(DISPATCHER);
  }
}
