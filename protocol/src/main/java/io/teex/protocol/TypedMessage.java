package io.teex.protocol;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Typed data in the JSON that wallets and signers are asked with, {@code eth_signTypedData_v4}. */
public final class TypedMessage {
  private static final String DOMAIN = "EIP712Domain";
  private static final List<Map<String, String>> DOMAIN_FIELDS =
      List.of(
          Map.of("name", "name", "type", "string"),
          Map.of("name", "version", "type", "string"),
          Map.of("name", "chainId", "type", "uint256"),
          Map.of("name", "verifyingContract", "type", "address"));

  private TypedMessage() {}

  /**
   * Describes a value so that whoever signs the description signs {@link TypedData#hash} of it, and
   * can show a person what that is.
   *
   * @return maps, lists, texts, numbers and booleans
   */
  public static Map<String, Object> describe(SigningDomain domain, Record value) {
    Struct struct = Struct.of(value.getClass());
    Map<String, Object> types = new LinkedHashMap<>();
    types.put(DOMAIN, DOMAIN_FIELDS);
    types.putAll(struct.typedDataTypes());
    Map<String, Object> place = new LinkedHashMap<>();
    place.put("name", domain.name());
    place.put("version", domain.version());
    place.put("chainId", domain.chainId());
    place.put("verifyingContract", domain.contract().toString());
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("types", types);
    message.put("primaryType", struct.typedDataType());
    message.put("domain", place);
    message.put("message", struct.typedDataJson(value));
    return message;
  }
}
