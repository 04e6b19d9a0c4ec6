package dev.tessera.host.cli;

import dev.tessera.host.synth.ShopPreset;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Presets by their names in lower case. */
final class PresetName implements ITypeConverter<ShopPreset>, Iterable<String> {

  @Override
  public ShopPreset convert(String name) {
    return Arrays.stream(ShopPreset.values())
        .filter(preset -> name(preset).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "wanted one of %s, found %s".formatted(String.join(", ", names()), name)));
  }

  @Override
  public Iterator<String> iterator() {
    return names().iterator();
  }

  private static List<String> names() {
    return Arrays.stream(ShopPreset.values()).map(PresetName::name).toList();
  }

  private static String name(ShopPreset preset) {
    return preset.name().toLowerCase(Locale.ROOT);
  }
}
