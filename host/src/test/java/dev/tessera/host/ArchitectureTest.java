package dev.tessera.host;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.arrow.memory.RootAllocator;

/** What the packages of the host may know of each other and of libraries. */
@AnalyzeClasses(packages = "dev.tessera.host", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("dev.tessera.host.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesOfFlightAreFreeOfCycles =
      slices().matching("dev.tessera.host.flight.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule rightsAndCallsKnowNothingOfEmbeddings =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.tessera.host.flight.security",
              "dev.tessera.host.flight.call",
              "dev.tessera.host.flight.observe")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.tessera.host.flight");

  @ArchTest
  static final ArchRule fetchingKnowsTheServerThroughTheClientOnly =
      noClasses()
          .that()
          .resideInAPackage("dev.tessera.host.fetch")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.tessera.host.flight..");

  @ArchTest
  static final ArchRule onlyThePluginPackageKnowsPf4j =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tessera.host.plugin")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.pf4j..");

  @ArchTest
  static final ArchRule oneClassSetsContextClassLoaders =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.tessera.host.plugin.PluginCalls")
          .should()
          .callMethod(Thread.class, "setContextClassLoader", ClassLoader.class);

  @ArchTest
  static final ArchRule onlyTheCommandLineEndsTheProcess =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tessera.host.cli")
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);

  @ArchTest
  static final ArchRule oneClassMakesTheRootAllocator =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.tessera.host.arrow.HostMemory")
          .should()
          .callConstructorWhere(
              com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                  com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner(
                      nameMatching(RootAllocator.class.getName().replace(".", "\\.")))));

  @ArchTest
  static final ArchRule theHostKnowsNoPlugin =
      noClasses().should().dependOnClassesThat(resideInAPackage("dev.tessera.plugin.."));

  @ArchTest
  static final ArchRule onlyCommandsKnowTheCommandLineLibrary =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tessera.host.cli")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");
}
