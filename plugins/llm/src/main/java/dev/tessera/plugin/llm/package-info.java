/**
 * The llm plugin: a client's events written as text, and the text's vector by a language model in
 * ONNX form. Shapes: B texts of a batch, L tokens of the longest, D width of the model.
 */
package dev.tessera.plugin.llm;
