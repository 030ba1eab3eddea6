package io.teex.cli;

import io.teex.chain.Addresses;
import io.teex.sdk.MarketFile;
import java.util.LinkedHashMap;
import java.util.Map;

/** The contracts of a market by their names in Solidity. */
public final class Contracts {
  private Contracts() {}

  public static Map<String, String> of(MarketFile market) {
    Addresses at = market.addresses();
    Map<String, String> contracts = new LinkedHashMap<>();
    contracts.put("Settlement", at.settlement().toString());
    contracts.put("EnclaveRegistry", at.registry().toString());
    contracts.put("ServiceMarket", at.services().toString());
    contracts.put("DataMarket", at.data().toString());
    contracts.put("Token", at.token().toString());
    return contracts;
  }
}
