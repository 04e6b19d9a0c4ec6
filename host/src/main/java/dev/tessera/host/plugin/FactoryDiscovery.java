package dev.tessera.host.plugin;

import dev.tessera.api.ModelPluginFactory;
import dev.tessera.api.PluginInfo;
import dev.tessera.host.config.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/** Finds the one factory in a plugin's jar and asks it who it is. */
final class FactoryDiscovery {

  private final String id;
  private final ClassLoader loader;
  private final PluginCalls calls;

  FactoryDiscovery(String id, ClassLoader loader) {
    this.id = id;
    this.loader = loader;
    this.calls = new PluginCalls(id, loader);
  }

  /** What the jar provides. */
  record Found(
      ModelPluginFactory<?> factory, PluginInfo info, Class<? extends Record> configType) {}

  Found find() throws BrokenPluginException {
    ServiceLoader.Provider<?> provider = onlyProvider();
    ModelPluginFactory<?> factory =
        (ModelPluginFactory<?>)
            asked("the factory " + provider.type().getName() + " cannot be made", provider::get);
    PluginInfo info = asked("info() fails", factory::info);
    if (!info.name().equals(id)) {
      throw new BrokenPluginException(
          "calls itself '%s' in info() but '%s' in its manifest".formatted(info.name(), id));
    }
    Class<? extends Record> configType = asked("configType() fails", factory::configType);
    asked("its configuration cannot be used", () -> RecordType.of(configType));
    return new Found(factory, info, configType);
  }

  private ServiceLoader.Provider<?> onlyProvider() throws BrokenPluginException {
    List<ServiceLoader.Provider<?>> own = asked("its factory cannot be found", this::ownProviders);
    if (own.size() != 1) {
      throw new BrokenPluginException(
          "names %d factories of its own in its service file, must be one%s"
              .formatted(own.size(), own.isEmpty() ? "" : ": " + names(own)));
    }
    return own.get(0);
  }

  private List<ServiceLoader.Provider<?>> ownProviders() {
    List<ServiceLoader.Provider<?>> all = new ArrayList<>();
    ServiceLoader.load(ModelPluginFactory.class, loader).stream().forEach(all::add);
    all.removeIf(provider -> provider.type().getClassLoader() != loader);
    return all;
  }

  private static String names(List<ServiceLoader.Provider<?>> providers) {
    return String.join(", ", providers.stream().map(p -> p.type().getName()).toList());
  }

  private <T> T asked(String failure, Supplier<T> question) throws BrokenPluginException {
    try {
      return calls.swapped(question);
    } catch (Throwable e) {
      // Errors too: a missing class or a failing static block is one, and costs this jar only.
      throw new BrokenPluginException(failure + ": " + FailureText.of(e));
    }
  }
}
