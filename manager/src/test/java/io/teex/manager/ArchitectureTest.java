package io.teex.manager;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.teex.manager.catalogue.Catalogue;
import io.teex.manager.catalogue.Registrar;
import io.teex.manager.release.Ledger;
import io.teex.protocol.Hpke;
import java.time.InstantSource;

/** What holds of the manager whatever is changed in it. */
@AnalyzeClasses(packages = "io.teex.manager", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule rulesDecideAndDoNothingElse =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Rules")
          .or()
          .areAssignableTo(Ledger.class)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.teex.teeds..",
              "io.teex.rpc..",
              "io.teex.blobs..",
              "java.io..",
              "java.net..",
              "java.nio..",
              "javax.crypto..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(InstantSource.class);

  @ArchTest
  static final ArchRule serviceKeysAreSeenOnlyWhereTheyAreMadeAndUsed =
      noClasses()
          .that(JavaClass.Predicates.belongToAnyOf(Catalogue.class, Registrar.class).negate())
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Hpke.class);

  @ArchTest
  static final ArchRule modulesAreCheckedAndNeverRun =
      noClasses()
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("io.teex.executor..")
                  .and(
                      JavaClass.Predicates.resideInAPackage("io.teex.executor.instrument..")
                          .negate()));

  @ArchTest
  static final ArchRule onlyTheEdgeKnowsTheWire =
      classes()
          .that()
          .resideInAnyPackage("..release..", "..catalogue..", "..enrol..", "..keys..", "..state..")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("io.teex.rpc..", "io.grpc..", "com.google.protobuf..");
}
