package io.teex.protocol;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Random;

/** What makes this module safe to use anywhere: it only computes. */
@AnalyzeClasses(packages = "io.teex.protocol", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final DescribedPredicate<JavaClass> COMPUTING =
      resideInAnyPackage(
          "io.teex.protocol..",
          "java.lang..",
          "java.math..",
          "java.nio",
          "java.nio.charset..",
          "java.security..",
          "java.util..",
          "javax.crypto..",
          "javax.security.auth..",
          "org.bouncycastle..",
          "org.jspecify..");

  @ArchTest
  static final ArchRule protocolKnowsNoInputOrOutput =
      classes().should().onlyDependOnClassesThat(COMPUTING);

  @ArchTest
  static final ArchRule protocolReadsNoClockAndDrawsNoRandomness =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(SecureRandom.class, Random.class, Clock.class)
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");
}
