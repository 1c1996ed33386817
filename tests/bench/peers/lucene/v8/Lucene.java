import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.facet.Facets;
import org.apache.lucene.facet.FacetsCollector;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.sortedset.DefaultSortedSetDocValuesReaderState;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetCounts;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MultiCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TopDocsCollector;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopFieldCollector;
import org.apache.lucene.search.TopScoreDocCollector;

/** What differs between releases: this is for 8. */
final class Lucene {
  private final IndexSearcher searcher;
  private final DefaultSortedSetDocValuesReaderState state;

  Lucene(IndexReader reader, FacetsConfig config) throws IOException {
    searcher = new IndexSearcher(reader);
    state = new DefaultSortedSetDocValuesReaderState(reader);
  }

  LucenePeer.Found search(Query query, int k, Sort sort, String[] dimensions) throws IOException {
    TopDocsCollector<?> best = sort == null ? TopScoreDocCollector.create(k, Integer.MAX_VALUE)
        : TopFieldCollector.create(sort, k, Integer.MAX_VALUE);
    LucenePeer.Found found = new LucenePeer.Found();
    if (dimensions.length == 0) {
      searcher.search(query, best);
    } else {
      FacetsCollector matches = new FacetsCollector();
      searcher.search(query, MultiCollector.wrap(best, matches));
      Facets facets = new SortedSetDocValuesFacetCounts(state, matches);
      for (String dimension : dimensions) found.facets.add(facets.getTopChildren(10, dimension));
    }
    TopDocs top = best.topDocs();
    found.total = top.totalHits.value;
    for (ScoreDoc hit : top.scoreDocs) {
      Document document = searcher.doc(hit.doc);
      found.ids.add(document.get("id"));
      found.records.add(document.get("record"));
    }
    return found;
  }
}
