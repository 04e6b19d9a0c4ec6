package dev.tessera.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The contract drags nothing along that a plugin would have to agree with the host on. */
@AnalyzeClasses(packages = "dev.tessera.api", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule usesOnlyTheJdkArrowAndSlf4j =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.tessera.api..", "java..", "org.apache.arrow..", "org.slf4j..");

  @ArchTest
  static final ArchRule touchesNeitherTheProcessNorTheContextClassLoader =
      noClasses()
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Thread.class, "setContextClassLoader", ClassLoader.class)
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.apache.arrow.memory.RootAllocator");
}
