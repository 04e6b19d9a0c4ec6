package dev.tessera.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.api.EventKind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NamesTest {

  @Test
  void writesJavaNamesInKebabCase() {
    assertThat(Names.kebab("maxIterations")).isEqualTo("max-iterations");
    assertThat(Names.kebab("dropZeroRows2")).isEqualTo("drop-zero-rows2");
    assertThat(Names.of(TimeUnit.MICROSECONDS)).isEqualTo("microseconds");
    assertThat(Names.of(EventKind.ADD_TO_CART)).isEqualTo("add_to_cart");
  }

  private enum Constants {
    LOG1P,
    QUANTILE_UNIFORM
  }

  @Test
  void writesEnumConstantsWithHyphensOnlyWhereTheyHaveUnderscores() {
    assertThat(Names.of(Constants.LOG1P)).isEqualTo("log1p");
    assertThat(Names.of(Constants.QUANTILE_UNIFORM)).isEqualTo("quantile-uniform");
  }

  @Test
  void countsEditsAndSwapsOfNeighbours() {
    assertThat(Names.edits("kitten", "sitting")).isEqualTo(3);
    assertThat(Names.edits("asl", "als")).isEqualTo(1);
    assertThat(Names.edits("", "abc")).isEqualTo(3);
    assertThat(Names.edits("Factors", "factors")).isZero();
  }

  @Test
  void suggestsOnlyWhatIsNearEnoughToBeASlip() {
    List<String> known = List.of("factors", "iterations", "item");
    assertThat(Names.nearest("facotrs", known)).contains("factors");
    assertThat(Names.nearest("itme", known)).contains("item");
    assertThat(Names.nearest("x", known)).isEmpty();
    assertThat(Names.hint("depth", known)).isEqualTo(", there are factors, iterations, item");
    assertThat(Names.hint("depth", List.of())).isEqualTo(", there are none");
  }
}
