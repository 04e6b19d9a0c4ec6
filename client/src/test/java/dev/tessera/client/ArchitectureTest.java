package dev.tessera.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A service gets nothing with the client but the API, Arrow Flight and what Flight is made of. */
@AnalyzeClasses(packages = "dev.tessera.client", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule usesOnlyTheApiAndFlight =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.tessera.client..",
              "dev.tessera.api..",
              "java..",
              "javax.net.ssl..",
              "org.apache.arrow..",
              "io.grpc..",
              "io.netty..",
              "com.fasterxml.jackson..");
}
