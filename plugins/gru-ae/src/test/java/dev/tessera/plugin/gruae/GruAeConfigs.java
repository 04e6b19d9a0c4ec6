package dev.tessera.plugin.gruae;

import dev.tessera.api.EventKind;
import dev.tessera.neural.TrainOn;
import dev.tessera.torch.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds configurations for tests: small sizes unless said otherwise. */
final class GruAeConfigs {

  private List<TokenColumn> columns = List.of(TokenColumn.DAY, TokenColumn.EVENT_TYPE);
  private Combine combine = Combine.CONCATENATION;
  private MissingColumns missing = MissingColumns.ERROR;
  private int embedding = 8;
  private int layers = 2;
  private double dropout;
  private int maxTokens = 126;
  private Map<TokenColumn, Integer> caps = Map.of(TokenColumn.SKU, 5000, TokenColumn.URL, 5000);
  private long noUrl = -1;
  private TrainOn trainOn = TrainOn.RELEVANT;
  private int sample;
  private int epochs = 2;
  private int patience = 5;
  private double learningRate = 0.001;
  private double clipNorm;
  private Precision precision = Precision.AUTO;
  private int batchSequences = 256;
  private int batchTokens = 16384;

  GruAeConfigs columns(TokenColumn... wanted) {
    columns = List.of(wanted);
    return this;
  }

  GruAeConfigs combine(Combine wanted) {
    combine = wanted;
    return this;
  }

  GruAeConfigs missing(MissingColumns wanted) {
    missing = wanted;
    return this;
  }

  GruAeConfigs sizes(int embeddingSize, int layerCount) {
    embedding = embeddingSize;
    layers = layerCount;
    return this;
  }

  GruAeConfigs dropout(double rate) {
    dropout = rate;
    return this;
  }

  GruAeConfigs maxTokens(int tokens) {
    maxTokens = tokens;
    return this;
  }

  GruAeConfigs caps(Map<TokenColumn, Integer> wanted) {
    caps = new LinkedHashMap<>(wanted);
    return this;
  }

  GruAeConfigs noUrl(long id) {
    noUrl = id;
    return this;
  }

  GruAeConfigs trainOn(TrainOn clients, int sampleClients) {
    trainOn = clients;
    sample = sampleClients;
    return this;
  }

  GruAeConfigs epochs(int most, int without) {
    epochs = most;
    patience = without;
    return this;
  }

  GruAeConfigs rate(double rate, double clip) {
    learningRate = rate;
    clipNorm = clip;
    return this;
  }

  GruAeConfigs precision(Precision wanted) {
    precision = wanted;
    return this;
  }

  GruAeConfigs batches(int sequences, int tokens) {
    batchSequences = sequences;
    batchTokens = tokens;
    return this;
  }

  GruAeConfig build() {
    return hidden(combine == Combine.SUM ? embedding : embedding * columns.size());
  }

  GruAeConfig hidden(int size) {
    return new GruAeConfig(
        columns,
        combine,
        missing,
        embedding,
        size,
        layers,
        dropout,
        List.of(EventKind.values()),
        maxTokens,
        caps,
        noUrl,
        trainOn,
        sample,
        0.1,
        epochs,
        patience,
        learningRate,
        clipNorm,
        precision,
        batchSequences,
        batchTokens);
  }
}
