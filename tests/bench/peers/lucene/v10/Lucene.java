import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.facet.Facets;
import org.apache.lucene.facet.FacetsCollector;
import org.apache.lucene.facet.FacetsCollectorManager;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.sortedset.DefaultSortedSetDocValuesReaderState;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetCounts;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MultiCollectorManager;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.search.TopScoreDocCollectorManager;

/** What differs between releases: this is for 10 and later. */
final class Lucene {
  private final IndexSearcher searcher;
  private final DefaultSortedSetDocValuesReaderState state;

  Lucene(IndexReader reader, FacetsConfig config) throws IOException {
    searcher = new IndexSearcher(reader);
    state = new DefaultSortedSetDocValuesReaderState(reader, config);
  }

  LucenePeer.Found search(Query query, int k, Sort sort, String[] dimensions) throws IOException {
    var best = sort == null ? new TopScoreDocCollectorManager(k, null, Integer.MAX_VALUE)
        : new TopFieldCollectorManager(sort, k, null, Integer.MAX_VALUE);
    LucenePeer.Found found = new LucenePeer.Found();
    TopDocs top;
    if (dimensions.length == 0) {
      top = (TopDocs) searcher.search(query, best);
    } else {
      Object[] both = searcher.search(query, new MultiCollectorManager(best, new FacetsCollectorManager()));
      top = (TopDocs) both[0];
      Facets facets = new SortedSetDocValuesFacetCounts(state, (FacetsCollector) both[1]);
      for (String dimension : dimensions) found.facets.add(facets.getTopChildren(10, dimension));
    }
    found.total = top.totalHits.value();
    for (ScoreDoc hit : top.scoreDocs) {
      Document document = searcher.storedFields().document(hit.doc);
      found.ids.add(document.get("id"));
      found.records.add(document.get("record"));
    }
    return found;
  }
}
