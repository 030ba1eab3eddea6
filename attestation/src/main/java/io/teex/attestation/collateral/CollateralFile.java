package io.teex.attestation.collateral;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Json;
import io.teex.attestation.JsonObject;
import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collateral as a file: a JSON object with a text for each document, named as in {@link
 * CollateralName} with underscores for hyphens. Signed JSON and PEM are texts as they are, all
 * other documents are hexadecimal. Strict, so that a misspelt name is not a missing document.
 */
public final class CollateralFile {
  private static final int SIZE_MAX = 4 << 20;
  private static final int CERTIFICATES_MAX = 4;

  private static final Set<String> TEXTS =
      Set.of(
          CollateralName.PCK_CRL_ISSUER_CHAIN,
          CollateralName.TCB_INFO_ISSUER_CHAIN,
          CollateralName.TCB_INFO,
          CollateralName.QE_IDENTITY_ISSUER_CHAIN,
          CollateralName.QE_IDENTITY,
          CollateralName.VEK_ISSUER_CHAIN);
  private static final Set<String> BINARIES =
      Set.of(
          CollateralName.ROOT_CA_CRL,
          CollateralName.PCK_CRL,
          CollateralName.TCB_INFO_SIGNATURE,
          CollateralName.QE_IDENTITY_SIGNATURE,
          CollateralName.VEK,
          CollateralName.VEK_CRL,
          CollateralName.EVENT_LOG);

  private CollateralFile() {}

  /**
   * @throws TeexException {@code USAGE} if there is no such file or it is something else
   */
  public static Collateral read(Path file) {
    byte[] content = content(file);
    try {
      return parse(new String(content, StandardCharsets.UTF_8));
    } catch (TeexException e) {
      throw new TeexException(e.code(), "%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * @throws TeexException {@code USAGE}
   */
  public static Collateral parse(String json) {
    JsonObject file = Json.parse(json, "collateral", ErrorCode.USAGE);
    Map<String, Bytes> documents = new HashMap<>();
    for (String key : file.keys()) {
      String name = key.replace('_', '-');
      if (documents.put(name, document(name, key, file.text(key))) != null) {
        throw usage("key %s appears twice".formatted(key));
      }
    }
    try {
      return new Collateral(documents);
    } catch (IllegalArgumentException e) {
      throw new TeexException(ErrorCode.USAGE, "collateral: " + e.getMessage(), e);
    }
  }

  private static Bytes document(String name, String key, String value) {
    if (TEXTS.contains(name)) {
      return Bytes.of(value.getBytes(StandardCharsets.UTF_8));
    }
    if (BINARIES.contains(name)) {
      try {
        return Bytes.fromHex(value);
      } catch (IllegalArgumentException e) {
        throw usage("%s must be hexadecimal".formatted(key));
      }
    }
    throw usage("unknown key %s".formatted(key));
  }

  /**
   * The text that {@link #parse} reads back.
   *
   * @throws TeexException {@code MALFORMED} if a document that should be a text is none
   */
  public static String write(Collateral collateral) {
    Map<String, String> texts = new HashMap<>();
    collateral
        .documents()
        .forEach((name, document) ->
            texts.put(
                name.replace('-', '_'),
                TEXTS.contains(name) ? text(name, document) : document.toHex()));
    return Json.canonical(texts);
  }

  private static String text(String name, Bytes document) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(document.copy()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new TeexException(ErrorCode.MALFORMED, "collateral %s is no text".formatted(name), e);
    }
  }

  /**
   * The VCEK or VLEK in a file, DER or PEM; certificates that follow it in a PEM file are its
   * issuers.
   *
   * @throws TeexException {@code USAGE} if there is no such file or it holds no certificate
   */
  public static Collateral readVek(Path file) {
    Bytes content = Bytes.of(content(file));
    try {
      List<X509Certificate> chain = X509.certificates(content, CERTIFICATES_MAX);
      Map<String, Bytes> documents = new HashMap<>();
      documents.put(CollateralName.VEK, Bytes.of(chain.getFirst().getEncoded()));
      if (chain.size() > 1) {
        documents.put(
            CollateralName.VEK_ISSUER_CHAIN, pem(new ArrayList<>(chain.subList(1, chain.size()))));
      }
      return new Collateral(documents);
    } catch (CertificateException | RuntimeException e) {
      throw new TeexException(
          ErrorCode.USAGE, "%s holds no certificate in DER or PEM".formatted(file), e);
    }
  }

  private static Bytes pem(List<X509Certificate> chain) throws CertificateEncodingException {
    StringBuilder pem = new StringBuilder();
    for (X509Certificate certificate : chain) {
      pem.append(pem(certificate.getEncoded()));
    }
    return Bytes.of(pem.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** One certificate as PEM with a line feed at its end. */
  public static String pem(byte[] der) {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
  }

  private static byte[] content(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(SIZE_MAX + 1);
      if (content.length > SIZE_MAX) {
        throw usage("%s is larger than %d bytes".formatted(file, SIZE_MAX));
      }
      return content;
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static TeexException usage(String what) {
    return new TeexException(ErrorCode.USAGE, "collateral: " + what);
  }
}
