package dev.tessera.plugin.llm;

import dev.tessera.api.EventKind;
import dev.tessera.api.EventLog;
import dev.tessera.neural.EventHistory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A client's last events of several kinds, a line each. Without repeats, an event counts only if no
 * later one of its kind has the same item (a product's category, price and name follow from its
 * sku). Events of one second stand in the order of the tables; newest first, in the reverse one.
 */
final class EventLines implements ClientText {

  private final EventLog log;
  private final Layout layout;
  private final EventHistory history;
  private final SeenItems seen = new SeenItems();
  private final Map<EventKind, LineTemplate> templates = new EnumMap<>(EventKind.class);
  private final StringBuilder out = new StringBuilder();

  /**
   * What the lines say.
   *
   * @param templates one for each kind of event, in the order that breaks ties of time
   * @param maxEvents the most lines
   * @param repeats whether an event may repeat a later one
   * @param order which line comes first
   */
  record Layout(List<LineTemplate> templates, int maxEvents, boolean repeats, TextOrder order) {

    /** Copies the list. */
    Layout {
      templates = List.copyOf(templates);
    }
  }

  EventLines(EventLog log, Layout layout) {
    this.log = log;
    this.layout = layout;
    layout.templates().forEach(template -> templates.put(template.kind(), template));
    // asked from the newest event backwards, so that the first met of equal ones is the last
    this.history =
        new EventHistory(
            log,
            layout.templates().stream().map(LineTemplate::kind).toList(),
            (kind, item) -> layout.repeats() || seen.add(kind.ordinal(), item));
  }

  @Override
  public String of(int client) {
    seen.clear();
    int events = history.readLast(client, layout.maxEvents());
    out.setLength(0);
    for (int i = 0; i < events; i++) {
      if (i > 0) {
        out.append('\n');
      }
      int at = layout.order() == TextOrder.NEWEST_FIRST ? events - 1 - i : i;
      templates.get(history.kind(at)).append(out, log, history.item(at), history.time(at));
    }
    return out.toString();
  }
}
