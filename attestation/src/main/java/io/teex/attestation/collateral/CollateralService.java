package io.teex.attestation.collateral;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.protocol.Bytes;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Parts as an HTTP service has them that speaks as Intel's PCCS or AMD's KDS do.
 *
 * @see <a href="https://api.portal.trustedservices.intel.com/content/documentation.html">Intel PCS
 *     v4</a>
 * @see <a
 *     href="https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/57230.pdf">AMD
 *     57230, chapter 4</a>
 */
final class CollateralService implements PartSource {
  private static final int CHAIN_SIZE_MAX = 32 * 1024;
  private static final String JSON_TYPE = "application/json";

  private final Map<Vendor, URI> services;
  private final BoundedHttp http;

  CollateralService(Map<Vendor, URI> services, Duration timeout) {
    this.services = services;
    this.http = new BoundedHttp(timeout, 2 * Collateral.DOCUMENT_SIZE_MAX);
  }

  @Override
  public Map<String, Bytes> fetch(Part part) throws PartFailure {
    URI base = services.get(part.vendor());
    if (base == null) {
      throw PartFailure.serviceDown(
          part,
          "no collateral service is configured: set collateral.%s".formatted(part.vendor().key()));
    }
    HttpResponse<byte[]> answer = http.get(part, base);
    requireType(part, answer);
    Map<String, Bytes> documents =
        switch (part) {
          case Part.TcbInfo tcb ->
              signed(tcb, answer, "TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain");
          case Part.QeIdentity qe -> signed(qe, answer, "SGX-Enclave-Identity-Issuer-Chain");
          case Part.PckCrl crl ->
              Map.of(
                  crl.document(),
                  der(answer),
                  CollateralName.PCK_CRL_ISSUER_CHAIN,
                  chain(answer, "SGX-PCK-CRL-Issuer-Chain"));
          case Part.RootCaCrl crl -> Map.of(crl.document(), der(answer));
          case Part.VekCrl crl -> Map.of(crl.document(), der(answer));
          case Part.Vcek vcek -> Map.of(CollateralName.VEK, der(answer));
          case Part.VekChain chain ->
              Map.of(CollateralName.VEK_ISSUER_CHAIN, Bytes.of(answer.body()));
        };
    for (Map.Entry<String, Bytes> document : documents.entrySet()) {
      if (document.getValue().size() > Collateral.DOCUMENT_SIZE_MAX) {
        throw PartFailure.malformed(
            "%s has more than %d bytes".formatted(document.getKey(), Collateral.DOCUMENT_SIZE_MAX));
      }
    }
    return documents;
  }

  /**
   * Signed objects are always sent as JSON; what is sent as JSON elsewhere is an error's
   * description. Beyond that types say little: PCCS sends the root's list as a web page.
   */
  private static void requireType(Part part, HttpResponse<byte[]> answer) throws PartFailure {
    String type = answer.headers().firstValue("Content-Type").orElse("");
    boolean json = type.split(";")[0].strip().equalsIgnoreCase(JSON_TYPE);
    if (json != part instanceof Part.Signed) {
      throw PartFailure.malformed(
          "the answer's type is %s, expected %s"
              .formatted(Shown.of(type), json ? "a binary or text" : JSON_TYPE));
    }
  }

  private static Map<String, Bytes> signed(
      Part.Signed part, HttpResponse<byte[]> answer, String... headers) throws PartFailure {
    SignedObject object = SignedObject.in(answer.body(), part.property());
    Map<String, Bytes> documents = new HashMap<>();
    documents.put(part.document(), object.text());
    documents.put(part.signature(), object.signature());
    documents.put(part.issuerChain(), chain(answer, headers));
    return documents;
  }

  /** An issuer chain: PEM, percent-encoded, in the first of these headers that is there. */
  private static Bytes chain(HttpResponse<byte[]> answer, String... headers) throws PartFailure {
    for (String header : headers) {
      Optional<String> value = answer.headers().firstValue(header);
      if (value.isPresent()) {
        return Bytes.of(percentDecoded(header, value.get()).getBytes(StandardCharsets.UTF_8));
      }
    }
    throw PartFailure.malformed("the answer has no header " + headers[0]);
  }

  private static String percentDecoded(String header, String value) throws PartFailure {
    if (value.length() > CHAIN_SIZE_MAX) {
      throw PartFailure.malformed("header %s is too long".formatted(header));
    }
    try {
      // Base64 has plus signs, which the decoder of forms takes for spaces.
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw PartFailure.malformed("header %s is not percent-encoded".formatted(header));
    }
  }

  /** PCCS sends some lists as hexadecimal digits; DER begins with the byte of a sequence. */
  private static Bytes der(HttpResponse<byte[]> answer) throws PartFailure {
    byte[] body = answer.body();
    if (body.length > 2 && body[0] == '3' && body[1] == '0') {
      try {
        return Bytes.fromHex(new String(body, StandardCharsets.US_ASCII).strip());
      } catch (IllegalArgumentException e) {
        throw PartFailure.malformed("neither DER nor its hexadecimal digits");
      }
    }
    return Bytes.of(body);
  }

  @Override
  public void close() {
    http.close();
  }
}
