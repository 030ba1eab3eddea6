package io.teex.executor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The executor's place: it knows values and modules, and nobody's network, keys or chain. */
@AnalyzeClasses(packages = "io.teex.executor", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule executorKnowsOnlyTheProtocol =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.teex.executor..",
              "io.teex.protocol..",
              "java..",
              "javax.crypto..",
              "org.jspecify..",
              "com.google.protobuf..",
              "ai.onnxruntime..",
              "run.endive..",
              "org.objectweb.asm..");

  @ArchTest
  static final ArchRule guestsRunInEnginesAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.teex.executor.endive")
          .and()
          .doNotHaveSimpleName("EndiveEngine")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("run.endive.runtime..", "run.endive.compiler..");

  @ArchTest
  static final ArchRule modelsRunInProcessesOfTheirOwn =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.teex.executor.onnx")
          .and()
          .doNotHaveSimpleName("OnnxEngine")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule instrumentationIsAPureFunction =
      noClasses()
          .that()
          .resideInAPackage("io.teex.executor.instrument")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.io", "java.net..", "java.nio.file..", "java.time..");

  @ArchTest
  static final ArchRule executorOpensNoSocket =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching("(java|javax)\\.net\\..*(Socket|Connection|Server|Client|Address).*");
}
