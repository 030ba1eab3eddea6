package io.teex.protocol;

import java.util.List;

/** What a task costs and who gets it: the parts and the data sets' charges add up to the total. */
public record Bill(FeeSplit fee, List<DatasetCharge> datasets) {
  public Bill {
    datasets = List.copyOf(datasets);
  }
}
