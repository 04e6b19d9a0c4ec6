package dev.tessera.host.flight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tessera.api.EmbeddingBatch;
import dev.tessera.api.PluginException;
import dev.tessera.client.ColumnNames;
import dev.tessera.host.flight.call.ServedCall;
import dev.tessera.host.flight.security.Right;
import dev.tessera.host.publish.ForeignRun;
import dev.tessera.host.publish.Publication;
import dev.tessera.host.store.ArrivingEmbedding;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * One DoPut call: rows of an embedding that was made elsewhere come in and become the next version
 * of a name. Nothing is to be seen of them before the last has come and all are as they should be.
 * Runs on a thread that may block.
 */
final class PutCall implements Runnable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WANTED =
      "wanted client_id: int64 and embedding: fixed_size_list<float32>[D]";

  private final FlightStream rows;
  private final StreamListener<PutResult> acknowledgements;
  private final EmbeddingCatalog catalog;
  private final BufferAllocator parent;

  PutCall(
      FlightStream rows,
      StreamListener<PutResult> acknowledgements,
      EmbeddingCatalog catalog,
      BufferAllocator parent) {
    this.rows = rows;
    this.acknowledgements = acknowledgements;
    this.catalog = catalog;
    this.parent = parent;
  }

  @Override
  public void run() {
    try {
      Publication version = take();
      acknowledge(version);
    } catch (PluginException e) {
      acknowledgements.onError(FlightFailures.ofRequest(e));
    } catch (RuntimeException | Error e) {
      // an Error too: the client must not wait for ever
      acknowledgements.onError(FlightFailures.forClient(e));
    }
  }

  private Publication take() {
    ServedCall call = ServedCall.current();
    String name = name(call.fromClient(rows::getDescriptor));
    call.require(Right.WRITE, name);
    call.concerns(name, "");
    StoreCatalog store =
        catalog
            .store()
            .orElseThrow(
                () ->
                    CallStatus.UNIMPLEMENTED
                        .withDescription(
                            "this server keeps no embeddings: it was started without --store")
                        .toRuntimeException());
    Schema schema = call.fromClient(rows::getSchema);
    int dimension = dimension(schema);
    List<String> columns = ColumnNames.of(schema);
    ForeignRun foreign =
        new ForeignRun(
            name,
            dimension,
            columns.size() == dimension ? columns : List.of(),
            call.principalName());
    try (BufferAllocator allocator = parent.newChildAllocator("put " + name, 0, Long.MAX_VALUE)) {
      Publication version =
          store
              .store()
              .add(
                  name,
                  "put by " + call.principalName(),
                  false,
                  folder -> foreign.write(folder, target -> copy(target, call), allocator));
      store.refresh();
      call.concerns(name, String.valueOf(version.version()));
      return version;
    }
  }

  private void copy(ArrivingEmbedding target, ServedCall call) {
    while (call.fromClient(rows::next)) {
      VectorSchemaRoot root = rows.getRoot();
      target.accept(
          new EmbeddingBatch(
              (BigIntVector) root.getVector(EmbeddingBatch.CLIENT_ID),
              (FixedSizeListVector) root.getVector(EmbeddingBatch.EMBEDDING)));
      call.countRows(root.getRowCount());
    }
  }

  private void acknowledge(Publication version) {
    byte[] json;
    try {
      json =
          JSON.writeValueAsBytes(Map.of("embedding", version.name(), "version", version.version()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    ArrowBuf metadata = parent.buffer(json.length); // the result's to release
    metadata.writeBytes(json);
    try (PutResult result = PutResult.metadata(metadata)) {
      acknowledgements.onNext(result);
    }
    acknowledgements.onCompleted();
  }

  private static String name(FlightDescriptor descriptor) {
    if (descriptor.isCommand() || descriptor.getPath().size() != 1) {
      throw FlightFailures.invalid(
          "DoPut wants a path of one part, the name to put the embedding under");
    }
    return descriptor.getPath().get(0);
  }

  /**
   * D, of a schema that is as it should be.
   *
   * @throws FlightRuntimeException INVALID_ARGUMENT with what was wanted and found
   */
  private static int dimension(Schema schema) {
    List<Field> fields = schema.getFields();
    if (fields.size() == 2
        && fields.get(0).getName().equals(EmbeddingBatch.CLIENT_ID)
        && fields.get(0).getType().equals(new ArrowType.Int(64, true))
        && fields.get(1).getName().equals(EmbeddingBatch.EMBEDDING)
        && fields.get(1).getType() instanceof ArrowType.FixedSizeList list
        && list.getListSize() > 0
        && fields
            .get(1)
            .getChildren()
            .get(0)
            .getType()
            .equals(new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE))) {
      return list.getListSize();
    }
    throw FlightFailures.invalid(WANTED + ", found " + fields);
  }
}
